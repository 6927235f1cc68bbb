package labelstudio

import (
	"context"
	"fmt"

	"github.com/labelstudio-go/labelstudio/generated"
)

// MLBackendsService connects projects to models. It has the methods of
// [generated.MLBackendsService] as well: Create, Get, Train and so on.
type MLBackendsService struct {
	*generated.MLBackendsService

	core *core
}

// ErrMLBackend is an ML backend that the server can't reach, or that answers it
// with an error.
var ErrMLBackend error = &sentinel{text: "the ML backend is not connected"}

// WaitConnected returns an ML backend when it is connected: the server reaches
// it and it accepts the project's label config. The server tries that anew at
// each look, ever less often, up to every ten seconds. progress, if not nil, is
// told each state that is seen.
//
// A backend that is down, and one that refuses, is waited for until ctx ends: it
// may be starting. The error says which, and with what message; the backend is
// nil then.
func (s *MLBackendsService) WaitConnected(ctx context.Context, id int64, progress func(*MLBackend), opts ...CallOption) (*MLBackend, error) {
	return s.await(ctx, id, progress, opts, func(backend *MLBackend) (bool, error) {
		return backend.State == MLBackendStateConnected, nil
	})
}

// TrainAndWait has an ML backend train and returns it when it names another
// model version than before (POST /api/ml/{id}/train). progress and what comes
// with an error are as for [MLBackendsService.WaitConnected].
//
// The new version is all that can be seen of a training. The server forgets that
// it has begun one as soon as it is asked for the backend, keeps no outcome, and
// answers as well when the backend has refused. So one that fails, one that is
// refused and one that ends with the same version are waited for until ctx ends:
// give it a deadline.
//
// A backend whose version doesn't follow the model (AutoUpdate is false) is
// refused. So is one that is not connected, with [ErrMLBackend], which is also
// what one ends with that answers with an error meanwhile; one that is down
// meanwhile is waited for.
func (s *MLBackendsService) TrainAndWait(ctx context.Context, id int64, progress func(*MLBackend), opts ...CallOption) (*MLBackend, error) {
	before, err := s.Get(ctx, id, opts...)
	if err != nil {
		return nil, err
	}
	if !before.AutoUpdate {
		return nil, fmt.Errorf("labelstudio: the model version of ML backend %d is fixed, which hides the end of a training: "+
			"set its AutoUpdate, or use Train", id)
	}
	if before.State != MLBackendStateConnected {
		return nil, s.unconnected(before)
	}
	if err := s.Train(ctx, id, opts...); err != nil {
		return nil, err
	}
	return s.await(ctx, id, progress, opts, func(backend *MLBackend) (bool, error) {
		if backend.State == MLBackendStateError {
			return false, s.unconnected(backend)
		}
		return *orDefault(backend.ModelVersion, "") != *orDefault(before.ModelVersion, ""), nil
	})
}

// await looks at an ML backend until done says so.
func (s *MLBackendsService) await(ctx context.Context, id int64, progress func(*MLBackend), opts []CallOption, done func(*MLBackend) (bool, error)) (*MLBackend, error) {
	var backend *MLBackend
	what := func() string { return s.text(backend) }
	err := poll(ctx, what, func() (_ bool, err error) {
		if backend, err = s.Get(ctx, id, opts...); err != nil {
			return false, err
		}
		if progress != nil {
			progress(backend)
		}
		return done(backend)
	})
	if err != nil {
		return nil, err
	}
	return backend, nil
}

func (s *MLBackendsService) unconnected(backend *MLBackend) error {
	return textError{"labelstudio: " + s.text(backend), ErrMLBackend}
}

// text says how a backend is, as an error may show it.
func (s *MLBackendsService) text(backend *MLBackend) string {
	text := fmt.Sprintf("ML backend %d, which is %s", backend.ID, s.core.quoted(fmt.Sprint(backend.ReadableState)))
	if version := *orDefault(backend.ModelVersion, ""); version != "" && backend.State == MLBackendStateConnected {
		text += fmt.Sprintf(" with model version %s", s.core.quoted(version))
	}
	if message := *orDefault(backend.ErrorMessage, ""); message != "" {
		text += ": " + oneLine(maskURLs(s.core.scrubber().text(message)))
	}
	return text
}
