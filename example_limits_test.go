package labelstudio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/labelstudio-go/labelstudio"
)

// A small service lets no answer take more than 4 MiB, and asks for less where
// one would.
func ExampleWithMaxAnswer() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"title":"`+strings.Repeat("x", 5<<20)+`"}`)
	}))
	defer server.Close()

	client, err := labelstudio.NewClient(server.URL, labelstudio.WithMaxAnswer(4<<20))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Projects.Get(context.Background(), 1, nil)
	fmt.Println(errors.Is(err, labelstudio.ErrTooLarge))
	fmt.Println(err)
	// Output:
	// true
	// labelstudio: GET /api/projects/1/: 200 OK: unexpected answer: the answer has more than 4194304 bytes: ask for less, or see WithMaxAnswer
}

// A service with a small disk saves no file of more than 1 MiB.
func ExampleWithMaxDownload() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/formats") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `[{"name":"CSV"}]`)
			return
		}
		w.Header().Set("Content-Type", "application/.csv")
		for err := error(nil); err == nil; { // until the client hangs up
			_, err = io.WriteString(w, "never,ending\n")
		}
	}))
	defer server.Close()

	client, err := labelstudio.NewClient(server.URL, labelstudio.WithMaxDownload(1<<20))
	if err != nil {
		fmt.Println(err)
		return
	}
	download, err := client.Exports.Open(context.Background(), 1, labelstudio.ExportOptions{Format: "CSV"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = download.SaveAs(filepath.Join(os.TempDir(), "tasks.csv"), nil)
	fmt.Println(errors.Is(err, labelstudio.ErrTooLarge))
	fmt.Println(errors.Unwrap(err))
	// Output:
	// true
	// the file has more than the 1048576 bytes of WithMaxDownload
}
