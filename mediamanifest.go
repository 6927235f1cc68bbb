package labelstudio

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
)

// mediaManifest writes a JSON list as its elements come, one a line. It appears
// under its name when it is whole.
type mediaManifest struct {
	path  string
	part  *os.File
	w     *bufio.Writer
	comma string
}

func createManifest(path string) (*mediaManifest, error) {
	part, err := createPart(path)
	if err != nil {
		return nil, err
	}
	return &mediaManifest{path: path, part: part, w: bufio.NewWriter(part), comma: "[\n"}, nil
}

func (m *mediaManifest) add(row MediaFile) error {
	line, err := Raw(row)
	if err != nil {
		return err
	}
	_, err = m.w.WriteString(m.comma + string(line))
	m.comma = ",\n"
	return err
}

// close ends the list and gives it its name, unless there is an error already,
// which it returns.
func (m *mediaManifest) close(err error) error {
	if err == nil {
		end := "\n]\n"
		if m.comma != ",\n" {
			end = "[]\n"
		}
		_, err = m.w.WriteString(end) // or Flush tells
		err = errors.Join(err, m.w.Flush())
	}
	if err == nil {
		err = m.part.Sync()
	}
	if err := errors.Join(err, m.part.Close()); err != nil {
		return errors.Join(err, os.Remove(m.part.Name()))
	}
	return errors.Join(os.Rename(m.part.Name(), m.path), syncFolder(filepath.Dir(m.path)))
}
