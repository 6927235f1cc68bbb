package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

const (
	barsFrom = 440 // pixels from the left
	barOfOne = 260 // pixels for a ratio of 1
	rowOf    = 22  // pixels
)

// draw draws the ratios as bars, each with the most that it may be.
func draw(figures []figure) []byte {
	var b bytes.Buffer
	height := rowOf*(len(figures)+2) + 10
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="780" height="%d" font-family="sans-serif" font-size="12">`+"\n", height)
	fmt.Fprintf(&b, `<rect width="780" height="%d" fill="white"/>`+"\n", height)
	fmt.Fprintf(&b, `<text x="10" y="18" font-weight="bold">This module as a part of the other; the line is the most it may be</text>`+"\n")
	for i, f := range figures {
		y := rowOf * (i + 2)
		width := min(f.ratio(), 1.15) * barOfOne
		color := "#2a7f62"
		if f.most > 0 && f.ratio() > f.most {
			color = "#b3432b"
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">`, barsFrom-8, y)
		_ = xml.EscapeText(&b, []byte(f.name)) // a buffer takes everything
		fmt.Fprintf(&b, `</text><rect x="%d" y="%d" width="%.0f" height="14" fill="%s"/>`, barsFrom, y-11, width, color)
		fmt.Fprintf(&b, `<text x="%.0f" y="%d">%.2f</text>`, barsFrom+width+5, y, f.ratio())
		if f.most > 0 {
			x := barsFrom + f.most*barOfOne
			fmt.Fprintf(&b, `<line x1="%.0f" x2="%[1]f" y1="%d" y2="%d" stroke="black"/>`, x, y-13, y+5)
		}
		b.WriteByte('\n')
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
