package main

import (
	"context"
	"sync/atomic"
	"time"
)

// stalled is how long this process has not got to run, in nanoseconds: on a busy
// machine nothing ends in time.
var stalled atomic.Int64

// watchStalls adds to stalled until ctx ends.
func watchStalls(ctx context.Context) {
	const tick = 20 * time.Millisecond
	for ctx.Err() == nil {
		begin := time.Now()
		time.Sleep(tick)
		if late := time.Since(begin) - tick; late > tick {
			stalled.Add(int64(late))
		}
	}
}
