package result

import (
	"encoding/json"
	"image"
	"image/color"
	"os"
	"slices"
	"strings"
	"testing"
)

// golden is a mask with what Label Studio's own encoder makes of it; see
// testdata/rle.py.
type golden struct {
	Name          string
	Width, Height int
	Runs          [][2]int // alpha and how many pixels of it
	RLE           []int
	Ours          bool // whether our encoder makes the same
}

func (g golden) mask() *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, g.Width, g.Height))
	pixels := mask.Pix[:0]
	for _, run := range g.Runs {
		pixels = append(pixels, slices.Repeat([]byte{byte(run[0])}, run[1])...)
	}
	return mask
}

func goldens(t testing.TB) []golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/rle.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(raw, &all); err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return all
}

func TestRLE(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.Name, func(t *testing.T) {
			t.Parallel()
			if got := encodeMask(g.mask()); g.Ours && !slices.Equal(got, g.RLE) {
				t.Errorf("encoded as %v, Label Studio has %v", got, g.RLE)
			}
			got, err := decodeMask(g.RLE, Image{g.Width, g.Height})
			if err != nil || !slices.Equal(got.Pix, g.mask().Pix) {
				t.Errorf("decoded otherwise: %v", err)
			}
		})
	}
}

// A mask may be a part of a larger image.
func TestRLEOfSubImage(t *testing.T) {
	t.Parallel()
	whole := image.NewAlpha(image.Rect(0, 0, 5, 5))
	whole.SetAlpha(3, 2, color.Alpha{A: 9})
	part := whole.SubImage(image.Rect(2, 1, 5, 4)).(*image.Alpha)
	got, err := decodeMask(encodeMask(part), Image{3, 3})
	if err != nil || !slices.Equal(got.Pix, []byte{0, 0, 0, 0, 9, 0, 0, 0, 0}) {
		t.Errorf("decoded as %v: %v", got, err)
	}
}

func TestBadRLE(t *testing.T) {
	t.Parallel()
	good := encodeMask(image.NewAlpha(image.Rect(0, 0, 3, 2)))
	word9 := slices.Clone(good)
	word9[4] = 8 << 3
	for name, test := range map[string]struct {
		rle  []int
		size Image
		want string
	}{
		"empty":             {nil, Image{3, 2}, "ends too early"},
		"cut in the header": {good[:5], Image{3, 2}, "ends too early"},
		"cut in a run":      {good[:7], Image{3, 2}, "ends too early"},
		"no byte":           {[]int{256}, Image{3, 2}, "256, which is no byte"},
		"a negative byte":   {[]int{-1}, Image{3, 2}, "-1, which is no byte"},
		"another size":      {good, Image{4, 2}, "24 words and not four for each pixel, 32"},
		"no size":           {good, Image{}, "size of the image is not said"},
		"no width":          {good, Image{0, 2}, "size of the image is not said"},
		"no height":         {good, Image{3, 0}, "size of the image is not said"},
		"negative":          {good, Image{-3, -2}, "too large"},
		"negative width":    {good, Image{-3, 2}, "too large"},
		"too large":         {good, Image{1 << 30, 1 << 30}, "too large"},
		"words of 9 bits":   {word9, Image{3, 2}, "9 bits"},
		"run past the end":  {[]int{0, 0, 0, 4, 57, 27, 252, 224, 0}, Image{1, 1}, "beyond its end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := decodeMask(test.rle, test.size); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want one with %q", err, test.want)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add([]byte{0, 0, 255, 255, 7}, 2)
	f.Add(slices.Repeat([]byte{1}, 70000), 7)
	f.Fuzz(func(t *testing.T, pixels []byte, width int) {
		if width <= 0 || width > len(pixels) {
			return
		}
		height := len(pixels) / width
		mask := image.NewAlpha(image.Rect(0, 0, width, height))
		copy(mask.Pix, pixels)
		got, err := decodeMask(encodeMask(mask), Image{width, height})
		if err != nil || !slices.Equal(got.Pix, mask.Pix) {
			t.Fatalf("%d × %d: %v", width, height, err)
		}
	})
}

func FuzzDecodeRLE(f *testing.F) {
	for _, g := range goldens(f) {
		raw := make([]byte, len(g.RLE))
		for i, b := range g.RLE {
			raw[i] = byte(b)
		}
		f.Add(raw, g.Width, g.Height)
	}
	f.Fuzz(func(t *testing.T, raw []byte, width, height int) {
		rle := make([]int, len(raw))
		for i, b := range raw {
			rle[i] = int(b)
		}
		mask, err := decodeMask(rle, Image{width, height})
		if err != nil {
			return
		}
		again, err := decodeMask(encodeMask(mask), Image{width, height})
		if err != nil || !slices.Equal(again.Pix, mask.Pix) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
