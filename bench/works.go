package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// works are the works that are measured.
type works struct {
	programs programs
	python   string
	dir      string
	rounds   int
	recorded recording
	real     *server.Server
	figures  []figure
}

func cpu(u usage) float64    { return u.cpu }
func wall(u usage) float64   { return u.wall }
func peak(u usage) float64   { return u.PeakKB / 1024 }
func first(u usage) float64  { return u.FirstMS }
func allocs(u usage) float64 { return u.Allocs }

const (
	listed      = 10_000
	fileTasks   = 200_000
	memoryLimit = 64.0 // MB
	smallExport = 100 << 20
	netRate     = 1_000_000_000 / 8 // bytes a second
)

// withReplay starts a replay server for as long as work takes. Its export has a
// size in bytes, and comes with some bytes a second, 0 for as many as can be.
func (b *works) withReplay(ctx context.Context, size, rate int64, work func(url string) error) (err error) {
	replay, err := startReplay(ctx, b.programs.replay, "-page", b.recorded.page, "-total", strconv.Itoa(listed),
		"-task", b.recorded.task, "-size", strconv.FormatInt(size, 10), "-rate", strconv.FormatInt(rate, 10))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, replay.stop()) }()
	return work(replay.url)
}

func (b *works) runs(ctx context.Context, program string, args ...string) func() (usage, error) {
	args = slices.Concat(args, []string{"-token", server.LegacyToken})
	return func() (usage, error) { return run(ctx, program, args...) }
}

func (b *works) list(ctx context.Context) error {
	return b.withReplay(ctx, 1, 0, func(url string) error {
		ours := b.runs(ctx, b.programs.ours, "-work", "list", "-url", url)
		a, sdk, err := measure(b.rounds, ours, b.runs(ctx, b.python, "bench/sdk/sdk.py", "-work", "list", "-url", url))
		if err != nil {
			return err
		}
		const name = "list 10,000 tasks"
		b.add(figure{name + ", CPU s, Python SDK", middle(a, cpu), middle(sdk, cpu), 1.0 / 6})
		b.add(figure{name + ", peak MB, Python SDK", middle(a, peak), middle(sdk, peak), 1.0 / 5})
		b.add(figure{name + ", first task ms, Python SDK", middle(a, first), middle(sdk, first), 0})
		a, stock, err := measure(b.rounds, ours, b.runs(ctx, b.programs.corrected, "-work", "list", "-url", url))
		if err != nil {
			return err
		}
		b.add(figure{name + ", CPU s, stock on the corrected contract", middle(a, cpu), middle(stock, cpu), 3.0 / 4})
		b.add(figure{name + ", allocations a task, the same", middle(a, allocs), middle(stock, allocs), 0})
		b.add(figure{name + ", first task ms, the same", middle(a, first), middle(stock, first), 0})
		published, err := run(ctx, b.programs.published, "-work", "list", "-url", url, "-token", server.LegacyToken)
		if err != nil {
			return err
		}
		b.add(figure{name + ", CPU s, stock on the published one, which loses them", middle(a, cpu), published.cpu, 0})
		return nil
	})
}

// large saves and decodes a small and a large export, and saves the small one
// over a connection of the speed that one has.
func (b *works) large(ctx context.Context, size int64) error {
	for _, size := range slices.Compact([]int64{min(smallExport, size), size}) {
		err := b.withReplay(ctx, size, 0, func(url string) error {
			of := fmt.Sprintf("%d MB", size>>20)
			if err := b.save(ctx, of, "save", []string{"-url", url}, 1.1); err != nil {
				return err
			}
			if err := b.save(ctx, of, "save-checked", []string{"-url", url}, 1); err != nil {
				return err
			}
			return b.decode(ctx, of, []string{"-url", url}, 1.0/3)
		})
		if err != nil {
			return err
		}
	}
	return b.withReplay(ctx, min(smallExport, size), netRate, func(url string) error {
		of := fmt.Sprintf("%d MB at %d Mbit/s", min(smallExport, size)>>20, netRate*8/1_000_000)
		return b.save(ctx, of, "save", []string{"-url", url}, 1.1)
	})
}

// save compares saving a snapshot with what the plain program does for it, which
// may take a ratio of most of its time.
func (b *works) save(ctx context.Context, of, plain string, snapshot []string, most float64) error {
	ourFile, theirFile := path(b.dir, "ours.json"), path(b.dir, "theirs.json")
	peer := "io.Copy"
	if plain == "save-checked" {
		peer = "io.Copy with MD5 and sync"
	}
	a, p, err := measure(b.rounds, b.runs(ctx, b.programs.ours, append(slices.Clip(snapshot), "-work", "save", "-file", ourFile)...),
		b.runs(ctx, b.programs.plain, append(slices.Clip(snapshot), "-work", plain, "-file", theirFile)...))
	if err := errors.Join(err, os.Remove(ourFile), os.Remove(theirFile)); err != nil {
		return err
	}
	b.add(figure{"save " + of + ", s, " + peer, middle(a, wall), middle(p, wall), most})
	b.add(figure{"save " + of + ", CPU s, " + peer, middle(a, cpu), middle(p, cpu), 0})
	b.add(figure{"save " + of + ", peak MB, " + peer + " and 8 MB", middle(a, peak), middle(p, peak) + 8, 1})
	return nil
}

// decode compares reading the tasks of a snapshot with reading maps.
func (b *works) decode(ctx context.Context, of string, snapshot []string, most float64) error {
	a, p, err := measure(b.rounds, b.runs(ctx, b.programs.ours, append(slices.Clip(snapshot), "-work", "decode")...),
		b.runs(ctx, b.programs.plain, append(slices.Clip(snapshot), "-work", "decode")...))
	if err != nil {
		return err
	}
	b.add(figure{"decode " + of + ", s, encoding/json into maps", middle(a, wall), middle(p, wall), most})
	b.add(figure{"decode " + of + ", peak MB, the limit of 64", middle(a, peak), memoryLimit, 1})
	b.add(figure{"decode " + of + ", first task ms, encoding/json into maps", middle(a, first), middle(p, first), 0})
	b.add(figure{"decode " + of + ", allocations a task, the same", middle(a, allocs), middle(p, allocs), 0})
	return nil
}

func (b *works) importLines(ctx context.Context) error {
	return b.withReplay(ctx, 1, 0, func(url string) error {
		for _, tasks := range []int{fileTasks / 10, fileTasks} {
			file := path(b.dir, "tasks.jsonl")
			if err := writeLines(file, tasks); err != nil {
				return err
			}
			ours, err := run(ctx, b.programs.ours, "-work", "import", "-url", url, "-token", server.LegacyToken, "-file", file)
			if err != nil {
				return err
			}
			b.add(figure{fmt.Sprintf("import %d tasks of JSON Lines, peak MB, the limit of 64", tasks), peak(ours), memoryLimit, 1})
		}
		return nil
	})
}
