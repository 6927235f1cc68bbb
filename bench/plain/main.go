// Command plain does what the benchmarks measure as one does it by hand, with
// the standard library.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"time"
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
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, tasks, first := time.Now(), 0, time.Duration(0)
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
			if tasks++; tasks == 1 {
				first = time.Since(start)
			}
		}
	default:
		return fmt.Errorf("there is no work %q", work)
	}
	runtime.ReadMemStats(&after)
	allocs := 0.0
	if tasks > 0 {
		allocs = float64(after.Mallocs-before.Mallocs) / float64(tasks)
	}
	fmt.Printf(`{"tasks":%d,"first_ms":%.3f,"allocs":%.1f,"peak_kb":%d}`+"\n", tasks, float64(first.Microseconds())/1000, allocs, peakKB())
	return nil
}

// peakKB is the peak of memory of this process. What the system tells the
// parent begins with the parent's own.
func peakKB() (kb int) {
	status, _ := os.ReadFile("/proc/self/status") // of Linux; 0 elsewhere
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, _ = fmt.Sscan(string(after), &kb)
	return kb
}
