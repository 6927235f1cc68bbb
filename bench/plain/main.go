// Command plain does what the benchmarks measure as one does it by hand, with
// the standard library.
package main

import (
	"crypto/md5"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/labelstudio-go/labelstudio/bench/usage"
)

func main() {
	work := flag.String("work", "", "save, save-checked or decode")
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "legacy token")
	project := flag.Int64("project", 1, "id of a project")
	snapshot := flag.Int64("snapshot", 1, "id of a snapshot")
	file := flag.String("file", "", "to save to")
	flag.Parse()
	from := fmt.Sprintf("%s/api/projects/%d/exports/%d/download", *url, *project, *snapshot)
	if err := run(*work, from, *token, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(work, url, token, file string) (err error) {
	meter := usage.Start()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Token "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	switch work {
	case "save":
		if err := save(file, func(out *os.File) error {
			_, err := io.Copy(out, res.Body)
			return err
		}); err != nil {
			return err
		}
	case "save-checked": // as much as this module does for it, one after the other
		if err := save(file, func(out *os.File) error {
			hash := md5.New()
			_, err := io.Copy(io.MultiWriter(out, hash), res.Body)
			_ = hash.Sum(nil) // to be compared
			return errors.Join(err, out.Sync())
		}); err != nil {
			return err
		}
	case "decode":
		decoder := json.NewDecoder(res.Body)
		if _, err := decoder.Token(); err != nil {
			return err
		}
		for decoder.More() {
			var task map[string]any
			if err := decoder.Decode(&task); err != nil {
				return err
			}
			meter.Came(1)
		}
	default:
		return fmt.Errorf("there is no work %q", work)
	}
	meter.Print()
	return nil
}

func save(file string, write func(out *os.File) error) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(write(out), out.Close())
}
