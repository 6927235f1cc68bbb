package labelstudiotest

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// state is all that the server keeps.
type state struct {
	key         []byte           // signs tokens
	revoked     map[string]bool  // by jti
	pats        map[string]int64 // who has the personal access token of a jti
	legacyOff   bool
	tokensOff   bool // personal access tokens
	users       table[user]
	members     table[membership]
	projects    table[project]
	tasks       table[task]
	annotations table[annotation]
	predictions table[prediction]
	drafts      table[draft]
	files       table[file]
	views       table[view]
	snapshots   table[snapshot]
	latest      time.Time // the last that now has given
	conversions int64
	exportFiles map[string]bool // the names that snapshots have had
	inner       map[int64]int64 // the highest inner_id, by project
}

// reset begins with one administrator and nothing else.
func (s *Server) reset() {
	s.state = state{
		key: randomBytes(32), revoked: map[string]bool{}, pats: map[string]int64{}, legacyOff: s.options.legacyOff,
		inner: map[int64]int64{}, exportFiles: map[string]bool{},
	}
	s.state.tasks.of = func(t *task) int64 { return t.project }
	s.state.annotations.of = func(a *annotation) int64 { return a.task }
	s.state.predictions.of = func(p *prediction) int64 { return p.task }
	s.state.drafts.of = func(d *draft) int64 { return d.task }
	admin := s.newUser(s.options.email, "")
	admin.legacyToken = s.options.legacyToken
	s.LegacyToken = admin.legacyToken
	if !s.options.noPAT {
		s.PAT = s.newPAT(admin)
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func randomHex(bytes int) string { return hex.EncodeToString(randomBytes(bytes)) }

// now is a time as the database keeps it, each later than the one before. No whole
// second is given: its text has no fraction, and texts are what exports are ordered
// by.
func (s *Server) now() time.Time {
	now := s.options.now().UTC().Truncate(time.Microsecond)
	if !now.After(s.state.latest) {
		now = s.state.latest.Add(time.Microsecond)
	}
	if now.Nanosecond() == 0 {
		now = now.Add(time.Microsecond)
	}
	s.state.latest = now
	return now
}

// stamp writes a time as the server does.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}
