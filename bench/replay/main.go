// Command replay is a server that answers as Label Studio did when it was
// recorded, so that a benchmark measures the client. It prints its address,
// serves on loopback, and ends with its standard input.
package main

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	pageFile := flag.String("page", "", "recorded page of tasks")
	total := flag.Int("total", 0, "tasks that the list has")
	taskFile := flag.String("task", "", "recorded task of an export")
	size := flag.Int64("size", 0, "bytes of the export, about")
	rate := flag.Int64("rate", 0, "bytes a second that the export comes with, 0 for as many as can be")
	flag.Parse()
	if err := serve(*pageFile, *total, *taskFile, *size, *rate); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(pageFile string, total int, taskFile string, size, rate int64) error {
	list, err := newList(pageFile, total)
	if err != nil {
		return err
	}
	task, err := os.ReadFile(taskFile)
	if err != nil {
		return err
	}
	export := newRepeated(bytes.TrimSpace(task), size)
	sum := md5.New()
	if _, err := io.Copy(sum, export); err != nil {
		return err
	}
	state := fmt.Sprintf(`{"id":1,"title":"","created_at":"2026-01-02T03:04:05Z","finished_at":"2026-01-02T03:04:05Z","md5":%q,"status":"completed",`+
		`"counters":{},"created_by":null,"converted_formats":[]}`, hex.EncodeToString(sum.Sum(nil)))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/tasks/", list.serve)
	mux.HandleFunc("GET /api/projects/1/exports/1", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, []byte(state)) })
	mux.HandleFunc("GET /api/projects/1/exports/1/download", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var file io.ReadSeeker = newRepeated(bytes.TrimSpace(task), size)
		if rate > 0 {
			file = &slow{ReadSeeker: file, rate: rate, begun: time.Now()}
		}
		http.ServeContent(w, req, "export.json", time.Time{}, file)
	})
	mux.HandleFunc("POST /api/projects/1/import", func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		items := bytes.Count(body, []byte(`{"data":{`))
		reply(w, http.StatusCreated, fmt.Appendf(nil, `{"task_count":%d,"annotation_count":0,"prediction_count":0,"duration":0.1,`+
			`"file_upload_ids":[],"could_be_tasks_list":false,"found_formats":[],"data_columns":[]}`, items))
	})

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return server.Serve(listener)
}

func reply(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is its own affair
}

// repeated is a JSON list of one task again and again, as a file that is never
// in memory.
type repeated struct {
	unit  []byte // a task and what separates it from the next
	count int64
	size  int64
	at    int64
}

func newRepeated(task []byte, size int64) *repeated {
	unit := append(bytes.Clone(task), ", "...)
	count := max(size/int64(len(unit)), 1)
	return &repeated{unit: unit, count: count, size: int64(len(unit))*count - 2 + int64(len("[]"))}
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.at < r.size {
		switch r.at {
		case 0:
			p[n] = '['
			n, r.at = n+1, r.at+1
		case r.size - 1:
			p[n] = ']'
			n, r.at = n+1, r.at+1
		default:
			from := (r.at - 1) % int64(len(r.unit))
			room := min(int64(len(p)-n), r.size-1-r.at)
			copied := copy(p[n:int64(n)+room], r.unit[from:])
			n, r.at = n+copied, r.at+int64(copied)
		}
	}
	if n == 0 && r.at >= r.size {
		return 0, io.EOF
	}
	return n, nil
}

func (r *repeated) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	r.at = offset
	return offset, nil
}

// slow is a file that comes over a connection of some bytes a second.
type slow struct {
	io.ReadSeeker
	rate  int64
	begun time.Time
	bytes int64
}

func (s *slow) Read(p []byte) (int, error) {
	n, err := s.ReadSeeker.Read(p)
	s.bytes += int64(n)
	time.Sleep(time.Until(s.begun.Add(time.Duration(float64(s.bytes) / float64(s.rate) * float64(time.Second)))))
	return n, err
}
