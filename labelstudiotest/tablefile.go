package labelstudiotest

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readTable reads a table as pandas does: what its columns are is found out from
// their cells, and rows that begin with more cells than there are names have the
// first ones as a label, which is dropped.
func readTable(content []byte, comma byte) ([]object, error) {
	if err := asUTF8(content); err != nil {
		return nil, err
	}
	if oddLines.Match(content) {
		return nil, errOddLines
	}
	rows, err := splitTable(strings.TrimPrefix(string(content), "\ufeff"), comma)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("No columns to parse from file") //nolint:staticcheck // in the server's words
	}
	names, rows := columnNames(rows[0]), rows[1:]
	labels := 0
	if len(rows) > 0 {
		labels = max(len(rows[0])-len(names), 0)
	}
	items := make([]object, len(rows))
	data := make([]object, len(rows))
	for i, name := range names {
		cells := make([]string, len(rows))
		for r, row := range rows {
			cells[r] = row[labels+i]
		}
		for r, value := range readColumn(cells) {
			data[r] = append(data[r], member{name, value})
		}
	}
	for r := range items {
		items[r] = object{{"data", data[r]}}
	}
	return items, nil
}

// oddLines are such that pandas makes a muddle of them, or crashes.
var (
	oddLines    = regexp.MustCompile(`\r[ \t\r]`)
	errOddLines = errors.New("a table with a carriage return before a blank or another one")
)

// splitTable finds the cells. Every row gets as many as the one before it, or more
// if it is the second.
func splitTable(text string, comma byte) ([][]string, error) {
	var rows [][]string
	var row []string
	var cell []byte
	line := 0 // of the file, without those inside of quotes
	const (
		rowStart = iota
		blanks
		cellStart
		plain
		quoted
		quoteInside
	)
	state := rowStart
	endCell := func() {
		text, _, _ := strings.Cut(string(cell), "\x00") // no more of it is looked at
		row = append(row, text)
		cell = cell[:0]
	}
	endRow := func() error {
		endCell()
		line++
		if len(rows) > 0 {
			before := len(rows[len(rows)-1])
			if len(rows) > 1 && len(row) > before {
				return fmt.Errorf("Error tokenizing data. C error: Expected %d fields in line %d, saw %d\n", before, line, len(row)) //nolint:staticcheck,revive // in the server's words
			}
			for len(row) < before {
				row = append(row, "")
			}
		}
		rows, row, state = append(rows, row), nil, rowStart
		return nil
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		newline := c == '\n' || c == '\r'
		if c == '\r' && state != quoted && i+1 < len(text) && text[i+1] == '\n' {
			i++
		}
		switch {
		case state == quoted:
			if c == '"' {
				state = quoteInside
			} else {
				cell = append(cell, c)
			}
		case state == quoteInside && c == '"':
			cell = append(cell, c)
			state = quoted
		case newline && (state == rowStart || state == blanks):
			cell = cell[:0]
			line++
			state = rowStart
		case newline:
			if err := endRow(); err != nil {
				return nil, err
			}
		case c == comma:
			endCell()
			state = cellStart
		case c == '"' && (state == rowStart || state == cellStart):
			state = quoted
		case (c == ' ' || c == '\t') && (state == rowStart || state == blanks):
			cell = append(cell, c)
			state = blanks
		default:
			cell = append(cell, c)
			state = plain
		}
	}
	switch state {
	case quoted:
		return nil, fmt.Errorf("Error tokenizing data. C error: EOF inside string starting at row %d", line) //nolint:staticcheck // in the server's words
	case rowStart, blanks:
		return rows, nil
	}
	return rows, endRow()
}

// columnNames gives every column a name of its own, those with a name first.
func columnNames(header []string) []string {
	names := slices.Clone(header)
	var order, unnamed []int
	for i, name := range names {
		if name == "" {
			names[i] = "Unnamed: " + strconv.Itoa(i)
			unnamed = append(unnamed, i)
			continue
		}
		order = append(order, i)
	}
	counts := map[string]int{}
	for _, i := range append(order, unnamed...) {
		plain := names[i]
		name := plain
		for n := counts[name]; n > 0; {
			counts[plain] = n + 1
			name = plain + "." + strconv.Itoa(n)
			if slices.Contains(names, name) {
				n++
			} else {
				n = counts[name]
			}
		}
		names[i] = name
		counts[name]++
	}
	return names
}

// missing are the cells that count as empty.
var missing = map[string]bool{
	"": true, "#N/A": true, "#N/A N/A": true, "#NA": true, "-1.#IND": true, "-1.#QNAN": true, "-NaN": true, "-nan": true,
	"1.#IND": true, "1.#QNAN": true, "<NA>": true, "N/A": true, "NA": true, "NULL": true, "NaN": true, "None": true,
	"n/a": true, "nan": true, "null": true,
}

// readColumn reads cells as whole numbers, numbers, truths or texts, whichever is
// the first that all of them are. Missing ones are "", and make numbers fractions.
func readColumn(cells []string) []any {
	var present []string
	for _, cell := range cells {
		if !missing[cell] {
			present = append(present, cell)
		}
	}
	none := len(present) < len(cells)
	all := func(is func(string) bool) bool {
		return !slices.ContainsFunc(present, func(cell string) bool { return !is(cell) })
	}
	read := func(cell string) any { return cell }
	switch kind := wholes(present, none); {
	case kind == mixed:
		return inEach(cells, read) // the missing ones, too
	case kind == tooWide:
	case kind == allWhole:
		read = func(cell string) any {
			n, _ := wholeNumber(cell)
			if !none {
				return n
			}
			if n == "-9223372036854775808" { // stands for a missing one
				return ""
			}
			f, _ := asFloat(n)
			return f
		}
	case all(func(cell string) bool { _, ok := tableFloat(cell); return ok }):
		read = func(cell string) any { f, _ := tableFloat(cell); return f }
	case all(func(cell string) bool { _, ok := tableTruth(cell); return ok }):
		read = func(cell string) any { is, _ := tableTruth(cell); return is }
	}
	return inEach(cells, func(cell string) any {
		if missing[cell] {
			return ""
		}
		return read(cell)
	})
}

func inEach(cells []string, read func(string) any) []any {
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = read(cell)
	}
	return values
}

const (
	allWhole = iota
	notWhole
	tooWide // for any whole number that pandas has: all stay texts
	mixed   // too wide for one with a sign, beside others that have one or are missing: all stay texts
)

// wholes says whether cells are whole numbers. The first that is none decides, and
// so does the first that is too wide, whatever follows its digits.
func wholes(cells []string, none bool) int {
	wide, negative, unsigned := false, false, false
	for _, cell := range cells {
		n, rest := wholeNumber(cell)
		_, err := strconv.ParseInt(string(n), 10, 64)
		switch {
		case err != nil && n != "":
			wide = true
		case n == "" || rest:
			return notWhole
		}
		if wide {
			break
		}
	}
	if !wide {
		return allWhole
	}
	for _, cell := range cells { // anew, without a sign
		if strings.HasPrefix(strings.TrimLeft(cell, tableSpace), "-") {
			negative = true
			continue
		}
		n, rest := wholeNumber(cell)
		u, err := strconv.ParseUint(string(n), 10, 64)
		if err != nil && n != "" {
			return tooWide
		}
		if n == "" || rest {
			return notWhole
		}
		unsigned = unsigned || u > math.MaxInt64
	}
	switch {
	case unsigned && (negative || none):
		return mixed
	case negative:
		return tooWide
	}
	return allWhole
}

const tableSpace = " \t\n\v\f\r"

// wholeNumber reads the digits that a cell begins with, and says whether more follows.
func wholeNumber(cell string) (n number, rest bool) {
	text, negative := strings.CutPrefix(strings.Trim(cell, tableSpace), "-")
	if !negative {
		text = strings.TrimPrefix(text, "+")
	}
	end := strings.TrimLeft(text, "0123456789")
	digits := text[:len(text)-len(end)]
	switch plain := strings.TrimLeft(digits, "0"); {
	case digits == "":
		return "", true
	case plain == "":
		return "0", end != ""
	case negative:
		return number("-" + plain), end != ""
	default:
		return number(plain), end != ""
	}
}

func tableTruth(cell string) (is, ok bool) {
	switch cell {
	case "True", "TRUE", "true":
		return true, true
	case "False", "FALSE", "false":
		return false, true
	}
	return false, false
}

// tableFloat reads a number as pandas does: of 17 digits, and not always to the
// nearest fraction.
func tableFloat(cell string) (float64, bool) {
	switch strings.ToLower(cell) {
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	}
	sign, text := 1.0, strings.Trim(cell, tableSpace)
	if text != "" && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	f, digits, used, exponent := 0.0, 0, 0, 0
	i := 0
	take := func(fraction bool) {
		for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
			digits++
			if used < 17 {
				f = f*10 + float64(text[i]-'0')
				used++
				if fraction {
					exponent--
				}
			} else if !fraction {
				exponent++
			}
		}
	}
	take(false)
	if i < len(text) && text[i] == '.' {
		i++
		take(true)
	}
	if digits == 0 {
		return 0, false
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil {
			return 0, false
		}
		exponent += n
		i = len(text)
	}
	if i < len(text) {
		return 0, false
	}
	switch {
	case exponent > 308:
		f = math.Inf(1)
	case exponent > 0:
		f *= math.Pow10(exponent)
	case exponent < -308:
		f = f / math.Pow10(-308-exponent) / 1e308
	default:
		f /= math.Pow10(-exponent)
	}
	return sign * f, !math.IsInf(f, 0) // words alone are infinite
}
