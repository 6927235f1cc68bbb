// Command plain does what the benchmarks measure as one does it by hand, with
// the standard library.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/labelstudio-go/labelstudio/bench/usage"
)

func main() {
	work := flag.String("work", "", "save or decode")
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "legacy token")
	file := flag.String("file", "", "to save to")
	flag.Parse()
	if err := run(*work, *url, *token, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(work, url, token, file string) (err error) {
	meter := usage.Start()
	req, err := http.NewRequest(http.MethodGet, url+"/api/projects/1/exports/1/download", nil)
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
		out, err := os.Create(file)
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, res.Body); err != nil {
			return err
		}
		if err := out.Close(); err != nil {
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
