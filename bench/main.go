// Command bench compares this module with other clients, each in a process of
// its own, on the same bytes: one line for each figure, "name ours peer ratio"
// with the most that the ratio may be. A replay server serves what a real Label
// Studio answered, so that the client is what is measured; the last lines are
// against the real server, whose own work is then most of it. Run it from the root of the module, as make bench.
//
// Machines differ and are noisy: only ratios within one run mean anything. The
// programs run in turn, and each figure is the middle one of its rounds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

func main() {
	rounds := flag.Int("rounds", 3, "how often each program runs")
	size := flag.Int64("mb", 1000, "size of the large export, in MB")
	picture := flag.String("svg", "", "where to draw those ratios that may be so much only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, *rounds, *size<<20, *picture)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is everything that the works need.
func bench(ctx context.Context, rounds int, size int64, picture string) (err error) {
	dir, err := os.MkdirTemp("", "labelstudio-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	programs, err := buildAll(ctx, dir)
	if err != nil {
		return err
	}
	env, err := server.Install(ctx, server.InstallOptions{Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }})
	if err != nil {
		return err
	}
	real, err := server.Start(ctx, server.Options{LegacyTokens: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, real.Stop()) }()
	recorded, err := record(ctx, real, dir)
	if err != nil {
		return err
	}
	b := &works{programs: programs, python: env.Python(), dir: dir, rounds: rounds, recorded: recorded, real: real}
	for _, work := range []func(context.Context) error{
		b.list, func(ctx context.Context) error { return b.large(ctx, size) }, b.importLines, b.importReal, b.exportReal,
	} {
		if err := work(ctx); err != nil {
			return err
		}
	}
	if picture != "" {
		return os.WriteFile(picture, draw(slices.DeleteFunc(b.figures, func(f figure) bool { return f.most == 0 })), 0o644)
	}
	return nil
}

// figure is a line of the table.
type figure struct {
	name       string
	ours, peer float64
	most       float64 // that the ratio may be; 0 for any
}

func (f figure) ratio() float64 { return f.ours / f.peer }

func (f figure) String() string {
	text := fmt.Sprintf("%-72s %10.3f %10.3f %7.3f", f.name, f.ours, f.peer, f.ratio())
	switch {
	case f.most == 0:
		return text
	case f.ratio() <= f.most:
		return text + fmt.Sprintf("  at most %.3f: reached", f.most)
	default:
		return text + fmt.Sprintf("  at most %.3f: MISSED", f.most)
	}
}

func (b *works) add(f figure) {
	if len(b.figures) == 0 {
		fmt.Printf("%-72s %10s %10s %7s\n", "name", "ours", "peer", "ratio")
	}
	b.figures = append(b.figures, f)
	fmt.Println(f)
}

func path(dir, name string) string { return filepath.Join(dir, name) }
