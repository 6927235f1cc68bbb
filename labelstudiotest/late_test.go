package labelstudiotest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/labelstudio-go/labelstudio"
)

// A late request takes effect after its delay, though the client has gone long ago.
func TestFailLate(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	const delay = 100 * time.Millisecond
	s.Fail(Fault{Operation: "Projects.Create", Delay: delay, Late: true})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for met := 0; met == 0; time.Sleep(time.Millisecond) {
			s.mu.Lock()
			met = s.faults[0].met
			s.mu.Unlock()
		}
		cancel()
	}()
	start := time.Now()
	_, err := s.Client().Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value("Reviews")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	if got, took := s.Projects(), time.Since(start); took < delay && len(got) != 0 {
		t.Errorf("after %v there are the projects %v", took, got)
	}
	for len(s.Requests()) == 0 { // it is listed as soon as it has taken effect
		time.Sleep(time.Millisecond)
	}
	if took := time.Since(start); took < delay {
		t.Errorf("took effect after %v", took)
	}
	if got := s.Projects(); len(got) != 1 {
		t.Errorf("then there are the projects %v", got)
	}
}

// What is late when the server is closed takes no effect, and doesn't stay behind.
func TestPauseEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("ends with %v", err)
		}
	}()
	s.pause(time.Hour)
}
