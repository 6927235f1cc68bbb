package main

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// block is a piece of code that runs as a whole.
type block struct {
	from, to   int // lines
	statements int
	reached    bool
}

// blocksOf reads a profile: the blocks of each file. A profile has a block once for
// each test binary.
func blocksOf(profile string) (map[string][]block, error) {
	type place struct {
		file string
		from int
		rest string
	}
	all := map[place]block{}
	lines := bufio.NewScanner(strings.NewReader(profile))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "mode: ") {
			continue
		}
		file, rest, _ := strings.Cut(strings.TrimPrefix(lines.Text(), module+"/"), ":")
		var b block
		var column, end, count int
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.from, &column, &b.to, &end, &b.statements, &count); err != nil {
			return nil, fmt.Errorf("the line %q is of no profile: %w", lines.Text(), err)
		}
		at := place{file, b.from, rest[:strings.IndexByte(rest, ' ')]}
		b.reached = count > 0 || all[at].reached
		all[at] = b
	}
	files := map[string][]block{}
	for at, b := range all {
		files[at.file] = append(files[at.file], b)
	}
	return files, lines.Err()
}

// function is what the tests reach of a function.
type function struct {
	file, name   string
	line         int
	all, reached int      // statements
	missed       []string // lines, such as "12-14"
}

func (f *function) folder() string { return path.Dir(f.file) }
func (f *function) share() float64 { return 100 * float64(f.reached) / float64(max(f.all, 1)) }

// functionsOf returns the functions that the table of go tool cover lists, with
// their blocks counted.
func functionsOf(table string, blocks map[string][]block) (list []*function) {
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		place := strings.Split(fields[0], ":")
		if len(fields) != 3 || len(place) < 2 || fields[0] == "total:" {
			continue
		}
		if at, err := strconv.Atoi(place[1]); err == nil {
			list = append(list, &function{file: strings.TrimPrefix(place[0], module+"/"), name: fields[1], line: at})
		}
	}
	slices.SortFunc(list, func(a, b *function) int {
		return cmp.Or(cmp.Compare(a.folder(), b.folder()), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	for i, f := range list {
		for _, b := range blocks[f.file] {
			next := i+1 < len(list) && list[i+1].file == f.file && b.from >= list[i+1].line
			if b.from < f.line || next {
				continue
			}
			f.all += b.statements
			if b.reached {
				f.reached += b.statements
			} else if b.statements > 0 {
				f.missed = append(f.missed, fmt.Sprintf("%d-%d", b.from, b.to))
			}
		}
		slices.Sort(f.missed)
	}
	return list
}

// judge returns what is to be told, and what is wrong.
func judge(functions []*function, reasons map[string]string) (lines, faults []string) {
	left := maps.Clone(reasons)
	sums := map[string]*function{}
	for _, f := range functions {
		if sums[f.folder()] == nil {
			sums[f.folder()] = new(function)
		}
		sums[f.folder()].all += f.all
		sums[f.folder()].reached += f.reached
		name := f.file + " " + f.name
		why, named := reasons[name]
		delete(left, name)
		switch {
		case !named && f.share() < least(f.folder()):
			faults = append(faults, fmt.Sprintf("%s is reached to %.1f%%: test it, or say why not", name, f.share()))
		case len(f.missed) > 0 && (named || f.folder() == "."):
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("not reached: %s:%s %s %s", f.file, strings.Join(f.missed, ","), f.name, why)))
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(sums)) {
		lines = append(lines, fmt.Sprintf("%s %.1f%%", path.Join(module, folder), sums[folder].share()))
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		faults = append(faults, name+" is gone: take it out")
	}
	return lines, faults
}
