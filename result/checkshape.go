package result

import (
	"encoding/json"
	"fmt"
	"math"
)

// bare reports whether there are labels and nothing that they are of, as of
// [Set.Labels] without [Result.On]. It says so.
func (v *valueChecker) bare() bool {
	for key := range v.value {
		if key != "labels" {
			return false
		}
	}
	v.problem(v.path, "there is no region: labels are of one, as in set.Labels(…).On(region)")
	return true
}

// span checks where a part of a text, a sound or a time series begins and ends.
// Only a time series may count in texts.
func (v *valueChecker) span() {
	if v.object != nil && v.object.Tag == "Text" {
		start, ok := v.integer("start", 0, math.Inf(1))
		end, okEnd := v.integer("end", 0, math.Inf(1))
		if ok && okEnd {
			v.ordered("start", start, "end", end)
		}
		return
	}
	low := 0.0
	if v.object == nil || v.object.Tag != "Audio" {
		_, isText := v.value["start"].(string)
		_, isTextToo := v.value["end"].(string)
		if isText && isTextToo {
			return
		}
		low = math.Inf(-1)
	}
	start, ok := v.number("start", low, math.Inf(1))
	end, okEnd := v.number("end", low, math.Inf(1))
	if ok && okEnd {
		v.ordered("start", start, "end", end)
	}
}

func (v *valueChecker) fragment() {
	for _, key := range []string{"start", "end"} {
		switch v.value[key].(type) {
		case string, json.Number:
		default:
			v.problem(v.path+"."+key, "neither a text nor a number")
		}
	}
	var offsets []float64
	for _, key := range []string{"startOffset", "endOffset"} {
		if offset, ok := v.integer(key, 0, math.Inf(1)); ok {
			offsets = append(offsets, offset)
		}
	}
	if len(offsets) == 2 && v.value["start"] == v.value["end"] {
		v.ordered("startOffset", offsets[0], "endOffset", offsets[1])
	}
}

func (v *valueChecker) ordered(from string, start float64, to string, end float64) {
	if end < start {
		v.problem(v.path+"."+to, "%v is before %s, %v", end, from, start)
	}
}

func (v *valueChecker) place() {
	v.number("x", 0, 100)
	v.number("y", 0, 100)
}

// box checks a rectangle. One that is turned may reach beyond the image.
func (v *valueChecker) box() {
	for _, side := range []struct{ from, size string }{{"x", "width"}, {"y", "height"}} {
		from, ok := v.number(side.from, 0, 100)
		size, okSize := v.size(side.size, 100)
		if ok && okSize && !v.turned() && from+size > 100+epsilon {
			v.problem(v.path+"."+side.size, "%v from %s, %v, reaches beyond the image, which is 100", size, side.from, from)
		}
	}
	v.rotation()
}

// size checks a width, height or radius. What is turned may be longer than the
// image is wide.
func (v *valueChecker) size(key string, limit float64) (float64, bool) {
	if v.turned() {
		limit = math.Inf(1)
	}
	return v.number(key, 0, limit)
}

func (v *valueChecker) turned() bool {
	rotation, ok := v.value["rotation"].(json.Number)
	return ok && number(rotation) != 0
}

func (v *valueChecker) rotation() {
	if _, ok := v.value["rotation"]; ok {
		v.number("rotation", -360, 360)
	}
}

func (v *valueChecker) polygon() {
	points, ok := v.list("points")
	if !ok {
		return
	}
	if len(points) < 3 {
		v.problem(v.path+".points", "%d points make no polygon: it has three or more", len(points))
	}
	for i, point := range points {
		at := fmt.Sprintf("%s.points[%d]", v.path, i)
		pair, ok := point.([]any)
		if !ok || len(pair) != 2 {
			v.problem(at, "not a point: two numbers, x and y")
			continue
		}
		for j, value := range pair {
			v.within(fmt.Sprintf("%s[%d]", at, j), value, 0, 100)
		}
	}
}

func (v *valueChecker) brush() {
	if format, ok := v.value["format"]; ok && format != "rle" {
		v.problem(v.path+".format", "not rle")
	}
	list, ok := v.list("rle")
	if !ok {
		return
	}
	rle := make([]int, len(list))
	for i, value := range list {
		b, ok := v.whole(fmt.Sprintf("%s.rle[%d]", v.path, i), value, 0, 255)
		if !ok {
			return
		}
		rle[i] = int(b)
	}
	want := -1
	if size := v.result.Image(); size.Width != 0 && size.Height != 0 {
		var err error
		if want, err = wordsOf(size); err != nil {
			v.problem(v.path+".rle", "%v", err)
			return
		}
	}
	if err := eachWord(rle, want, func(int, int, byte) {}); err != nil {
		v.problem(v.path+".rle", "%v", err)
	}
}
