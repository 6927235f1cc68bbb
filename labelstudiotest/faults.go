package labelstudiotest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is what goes wrong with a request. Several things can at once.
type Fault struct {
	// Operation is the contract's name of what fails, such as "Projects.Import". It
	// is that of the client's method, but for those that call others:
	//
	//	Projects.All, Tasks.All, Members.All    List of the same
	//	Projects.ImportFiles, ImportURL, …      Projects.Import
	//	Projects.ValidateConfig                 Projects.ValidateLabelConfig
	//	Tasks.DeleteSelected, …                 Actions.Perform
	//	Exports.Open, Exports.Tasks             Exports.Export
	//	Snapshots.Wait                          Snapshots.Get
	//	Snapshots.Open, SaveFile, Tasks         Snapshots.Get, Snapshots.Download
	//
	// A name that is none is refused with those that may be meant.
	// Default: any, but for the exchange of tokens, "Tokens.Refresh".
	Operation string
	// After is how many requests for the operation pass before.
	After int
	// Times is how many requests fail. Default: one. Negative: all from then on.
	Times int
	// Delay is the time before the answer. It ends when the client has gone.
	Delay time.Duration
	// Late has the request take effect after the Delay, also when the client has
	// gone by then, as a slow server does; [Server.Requests] lists it from then on.
	// It needs a Delay, and goes with no Status. Default: the request takes effect
	// at once, and only its answer waits.
	Late bool
	// Status is answered in place of the server's own answer, with Header and
	// Body. The request changes nothing then. Default: the server's own answer.
	Status int
	Header http.Header
	// Body is the body that goes with Status. Default: from 400 on the usual one for
	// an error, and none below. A status of success but 204 needs one.
	Body string
	// Cut breaks the connection after so many bytes of the answer's body, which
	// must be longer than that. The request has changed what it should by then.
	// Negative: before the first byte. Default: it isn't broken.
	Cut int
	// ExpiredToken refuses an access token as one that has expired, with 401. The
	// fault waits for a request that can be refused so: others pass, such as those
	// with a legacy token and those for what needs no login. It goes with no Status.
	ExpiredToken bool
}

// Fail injects a fault: one after the other, each at the requests that none
// before it has failed. One that is no fault is refused at once, and the test
// fails in the end if no request has met it.
func (s *Server) Fail(fault Fault) {
	err := fault.check()
	if err == nil && fault.Body == "" && fault.Status >= 200 && fault.Status < 300 && fault.Status != http.StatusNoContent {
		err = fmt.Errorf("a fault with the status %d and no Body: Server.Answer scripts an answer without one", fault.Status)
	}
	if err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: %w", err))
	}
	s.inject(injected{Fault: fault})
}

func (s *Server) inject(f injected) {
	f.Times = cmp.Or(f.Times, 1)
	f.Header = f.Header.Clone()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// injected is a fault with how often it was met.
type injected struct {
	Fault
	scripted bool // by Answer, with the body as it is
	met      int
}

func (f *Fault) check() error {
	if f.Operation != "" {
		if err := named(f.Operation); err != nil {
			return err
		}
	}
	switch {
	case f.After < 0 || f.Delay < 0:
		return fmt.Errorf("a fault after %d requests, with a delay of %v", f.After, f.Delay)
	case f.Status == 0 && (f.Header != nil || f.Body != ""):
		return errors.New("the status of an answer is 0")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("the status %d is that of no answer", f.Status)
	case f.Status == 0 && f.Delay == 0 && f.Cut == 0 && !f.ExpiredToken && !f.Late:
		return errors.New("a fault that does nothing")
	case f.Late && (f.Delay == 0 || f.Status != 0):
		return errors.New("a late fault needs a delay, and a request that takes effect, without a status")
	case f.ExpiredToken && f.Status != 0:
		return fmt.Errorf("a fault with the status %d for an expired token, which has its own", f.Status)
	case f.ExpiredToken && slices.ContainsFunc(operations, func(op operation) bool { return op.open && op.name == f.Operation }):
		return fmt.Errorf("a fault with an expired token for %s, which needs none", f.Operation)
	}
	return nil
}

// where names the requests that a fault is for.
func (f *Fault) where() string { return cmp.Or(f.Operation, "any operation") }

// Answer scripts the answer to the next request for an operation: a status, and
// a value that is written as JSON, or nil for no body. The operation may be one
// that the server doesn't know. The body is sent as it is: whether it is what the
// contract has for the operation isn't looked at.
func (s *Server) Answer(operation string, status int, body any) {
	fault := Fault{Operation: operation, Status: status}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			s.fatal(fmt.Errorf("labelstudiotest: the answer to %s: %w", operation, err))
		}
		fault.Body, fault.Header = string(text), http.Header{"Content-Type": {"application/json"}}
	} else {
		fault.Header = http.Header{}
	}
	if err := fault.check(); err != nil {
		s.fatal(fmt.Errorf("labelstudiotest: %w", err))
	}
	s.inject(injected{Fault: fault, scripted: true})
}

// fault finds what goes wrong with a request.
func (s *Server) fault(c *call, op operation) *injected {
	for _, f := range s.faults {
		if f.Times == 0 || f.Operation != c.Operation && (f.Operation != "" || c.Operation == exchange) {
			continue
		}
		if f.ExpiredToken && (op.name == "" || op.open || !strings.HasPrefix(c.Header.Get("Authorization"), "Bearer ")) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		f.met++
		return f
	}
	return nil
}

// answer is what a fault answers in place of the server, or nil.
func (f *injected) answer() *answer {
	if f.Status == 0 {
		return nil
	}
	a := &answer{status: f.Status, body: []byte(f.Body), header: http.Header{}, cut: -1}
	if !f.scripted && f.Body == "" && f.Status >= 400 {
		a = fail(f.Status, http.StatusText(f.Status)).answer()
	}
	a.scripted = true
	maps.Copy(a.header, f.Header)
	return a
}

// broken says where an answer breaks off.
func (f *injected) broken(a *answer) *answer {
	if f != nil && f.Cut != 0 {
		a.cut = max(f.Cut, 0)
	}
	return a
}
