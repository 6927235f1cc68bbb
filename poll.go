package labelstudio

import (
	"context"
	"fmt"
	"time"
)

// The waits between two looks at what the server is doing.
const (
	firstPoll   = 200 * time.Millisecond
	longestPoll = 10 * time.Second
)

// poll calls look, ever less often, until it reports done or fails, or ctx
// ends. what says, for the error in the last case, what was waited for.
func poll(ctx context.Context, what func() string, look func() (done bool, err error)) error {
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		if done, err := look(); done || err != nil {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("labelstudio: waiting for %s: %w", what(), err)
		}
	}
}
