package labelstudiotest

import (
	"fmt"
	"maps"
	"slices"
)

// Operations are those that the server knows, by the contract's names, such as
// "Tasks.List". The others it answers with 501, unless [Server.Answer] scripts
// them.
func Operations() []string { return slices.Sorted(maps.Keys(handlers())) }

// Problems are what would have failed a test: requests for what the server
// doesn't know, unexpected ones, and its own mistakes; after [Server.Close] also
// expected calls that didn't come, and faults that no request has met.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// Requests are those that the server got, in the order in which they took effect,
// without those that exchange tokens, which the client sends by itself. One that is
// late or waits for an address is not among them before it is through.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return r.Operation == exchange })
}

// AllRequests are [Server.Requests] with the exchanges of tokens.
func (s *Server) AllRequests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ForgetRequests drops the requests that the server got so far, which it keeps
// with their bodies: for a program that runs long, or between the parts of a test.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

const exchange = "Tokens.Refresh"

// User is a member of the organization.
type User struct {
	ID    int64
	Email string
	// LegacyToken and PAT are the tokens that the user has at the start, as those
	// of [Server] are the administrator's. PAT is empty with [WithoutPAT].
	LegacyToken, PAT string
}

// AddUser makes a member, as the web form to sign up does. An address that is none
// or that another has fails the test.
func (s *Server) AddUser(email string) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason := s.addressRefused(email); reason != "" {
		s.fatal(fmt.Errorf("labelstudiotest: the user %q: %s", email, reason))
	}
	u := s.newUser(email, "")
	added := User{ID: u.id, Email: u.email, LegacyToken: u.legacyToken}
	if !s.options.noPAT {
		added.PAT = s.newPAT(u)
	}
	return added
}
