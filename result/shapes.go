package result

import (
	"fmt"
	"unicode/utf8"
)

// Span is a part of a plain text (Labels of a Text). Start and End count
// Unicode code points, neither bytes nor UTF-16 units; End is the first after
// the span. [SpanOf] makes it from what Go counts, bytes.
type Span struct {
	Start, End int
	Text       string // the text of the span, which the exports show; may be left out
}

// SpanOf returns the span of text[start:end], which are bytes as in Go's own
// slices and what package regexp returns. It panics as slicing does if they are
// out of range, and if they are in the middle of a character.
func SpanOf(text string, start, end int) Span {
	part := text[start:end]
	if start < len(text) && !utf8.RuneStart(text[start]) || end < len(text) && !utf8.RuneStart(text[end]) {
		panic(fmt.Sprintf("result: bytes %d to %d of the text cut a character", start, end))
	}
	before := utf8.RuneCountInString(text[:start])
	return Span{Start: before, End: before + utf8.RuneCountInString(part), Text: part}
}

// In returns the part of text that the span is, as bytes: text[start:end] is
// it. ok is false if the text is shorter.
func (s Span) In(text string) (start, end int, ok bool) {
	start, end = -1, -1
	point := 0
	for i := range text {
		if point == s.Start {
			start = i
		}
		if point == s.End {
			end = i
		}
		point++
	}
	if point == s.Start {
		start = len(text)
	}
	if point == s.End {
		end = len(text)
	}
	return start, end, start >= 0 && end >= start
}

// Segment is a part of a sound or of a time series (Labels of an Audio,
// TimeSeriesLabels). Start and End are seconds of a sound; of a time series they
// are what its time column has.
type Segment struct{ Start, End float64 }

// Fragment is a part of a web page or of a dialogue (HyperTextLabels,
// ParagraphLabels). Start and End say in which node or paragraph it begins and
// ends: an XPath such as "/p[1]/text()[1]", or the index of a paragraph, as
// "0". The offsets count Unicode code points within those.
type Fragment struct {
	Start, End             string
	StartOffset, EndOffset int
	Text                   string
}

// Image is the size of an image in pixels. Shapes are percent of it: its
// methods make them from pixels, and pixels of them.
type Image struct{ Width, Height int }

// Point is a place in an image, in percent of its width and height.
type Point struct{ X, Y float64 }

// Box is a rectangle in an image: its top left corner and its size in percent
// of the image's width and height, turned around that corner by Rotation
// degrees clockwise.
type Box struct{ X, Y, Width, Height, Rotation float64 }

// Ellipse is an ellipse in an image: its centre and radii in percent of the
// image's width and height, turned by Rotation degrees clockwise.
type Ellipse struct{ X, Y, RadiusX, RadiusY, Rotation float64 }

// KeyPoint is a point in an image in percent of its width and height, shown
// with Width percent of the image's width.
type KeyPoint struct{ X, Y, Width float64 }

// Point returns the point that is x pixels from the left and y from the top.
func (i Image) Point(x, y float64) Point {
	return Point{X: x / float64(i.Width) * 100, Y: y / float64(i.Height) * 100}
}

// Box returns the rectangle whose top left corner and size are given in pixels.
func (i Image) Box(x, y, width, height float64) Box {
	corner, size := i.Point(x, y), i.Point(width, height)
	return Box{X: corner.X, Y: corner.Y, Width: size.X, Height: size.Y}
}

// Ellipse returns the ellipse whose centre and radii are given in pixels.
func (i Image) Ellipse(x, y, radiusX, radiusY float64) Ellipse {
	centre, radii := i.Point(x, y), i.Point(radiusX, radiusY)
	return Ellipse{X: centre.X, Y: centre.Y, RadiusX: radii.X, RadiusY: radii.Y}
}

// Pixels returns where a point is, in pixels from the left and from the top.
func (i Image) Pixels(p Point) (x, y float64) {
	return p.X / 100 * float64(i.Width), p.Y / 100 * float64(i.Height)
}
