package result

import (
	"errors"
	"fmt"
	"image"
)

// A mask is run-length encoded as the pixels of an RGBA image, of which only
// alpha counts: a header, then runs to the end.
//
//	32 bits  number of words, four a pixel
//	 5 bits  bits of a word, less 1
//	 4 bits  four times: bits of a run's length, less 1
//
// A run is 1 bit that says whether one word is repeated, 2 bits that choose one
// of the four sizes, the length less 1 in so many bits, and the word or words.
const (
	headerBits = 32 + 5 + 4*4
	wordBits   = 8
)

var runBits = [4]int{3, 4, 8, 16}

// encodeMask encodes the pixels of a mask row by row.
func encodeMask(mask *image.Alpha) []int {
	bounds := mask.Bounds()
	var w bitWriter
	w.write(uint(4*bounds.Dx()*bounds.Dy()), 32)
	w.write(wordBits-1, 5)
	for _, size := range runBits {
		w.write(uint(size-1), 4)
	}
	word, length := byte(0), 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if a := mask.AlphaAt(x, y).A; a != word {
				w.run(word, length)
				word, length = a, 0
			}
			length += 4
		}
	}
	w.run(word, length)
	if w.free == 0 {
		w.bytes = append(w.bytes, 0) // as Label Studio's own encoder does
	}
	return w.bytes
}

type bitWriter struct {
	bytes []int
	free  int // bits of the last byte
}

func (w *bitWriter) write(value uint, size int) {
	for size > 0 {
		if w.free == 0 {
			w.bytes, w.free = append(w.bytes, 0), 8
		}
		n := min(size, w.free)
		part := value >> (size - n) & (1<<n - 1)
		w.bytes[len(w.bytes)-1] |= int(part) << (w.free - n)
		w.free, size = w.free-n, size-n
	}
}

// run writes one word length times.
func (w *bitWriter) run(word byte, length int) {
	choice := 0
	for choice < 3 && length > 1<<runBits[choice] {
		choice++
	}
	for length > 0 {
		n := min(length, 1<<runBits[choice])
		w.write(1, 1)
		w.write(uint(choice), 2)
		w.write(uint(n-1), runBits[choice])
		w.write(uint(word), wordBits)
		length -= n
	}
}

var errCut = errors.New("the RLE ends too early")

// wordsOf returns how many words the RLE of an image has.
func wordsOf(size Image) (int, error) {
	switch {
	case size.Width == 0 || size.Height == 0:
		return 0, errors.New("the size of the image is not said: original_width, original_height")
	case size.Width < 0 || size.Height < 0 || size.Width > maxPixels/size.Height:
		return 0, fmt.Errorf("an image of %d × %d pixels is too large", size.Width, size.Height)
	}
	return 4 * size.Width * size.Height, nil
}

// decodeMask decodes the alpha of an image.
func decodeMask(rle []int, size Image) (*image.Alpha, error) {
	count, err := wordsOf(size)
	if err != nil {
		return nil, err
	}
	// Nothing is allocated before it is known that all of it is there.
	if err := eachWord(rle, count, func(int, int, byte) {}); err != nil {
		return nil, err
	}
	mask := image.NewAlpha(image.Rect(0, 0, size.Width, size.Height))
	return mask, eachWord(rle, count, func(from, to int, word byte) {
		for i := from/4*4 + 3; i < to; i += 4 { // alpha is the fourth word of a pixel
			if i >= from {
				mask.Pix[i/4] = word
			}
		}
	})
}

// maxPixels keeps a short RLE from taking all memory.
const maxPixels = 1 << 28

// eachWord calls f for the words of an RLE, run by run. There must be want of
// them, or any number if want is negative.
func eachWord(rle []int, want int, f func(from, to int, word byte)) error {
	for _, b := range rle {
		if b < 0 || b > 255 {
			return fmt.Errorf("the RLE has the number %d, which is no byte", b)
		}
	}
	r := bitReader{bytes: rle}
	count, word := r.read(32), r.read(5)+1
	var sizes [4]int
	for i := range sizes {
		sizes[i] = r.read(4) + 1
	}
	switch {
	case r.cut:
		return errCut
	case want >= 0 && count != want:
		return fmt.Errorf("the RLE has %d words and not four for each pixel, %d", count, want)
	case word != wordBits:
		return fmt.Errorf("the words of the RLE have %d bits, not 8", word)
	}
	for i := 0; i < count; {
		repeated := r.read(1) == 1
		length := r.read(sizes[r.read(2)]) + 1
		if length > count-i {
			return errors.New("the RLE has a run beyond its end")
		}
		if repeated {
			f(i, i+length, byte(r.read(wordBits)))
		} else {
			for j := range length {
				f(i+j, i+j+1, byte(r.read(wordBits)))
			}
		}
		if r.cut {
			return errCut
		}
		i += length
	}
	return nil
}

type bitReader struct {
	bytes []int
	bit   int
	cut   bool // more was read than there is
}

func (r *bitReader) read(size int) int {
	if r.bit+size > 8*len(r.bytes) {
		r.cut = true
		return 0
	}
	value := 0
	for ; size > 0; size-- {
		value = value<<1 | r.bytes[r.bit/8]>>(7-r.bit%8)&1
		r.bit++
	}
	return value
}
