// Command program makes four calls with the generated client in ./client and
// prints what came of each as a line of JSON.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"example.com/stock/client"
)

// outcome is what a user of the client sees of one call.
type outcome struct {
	Status int    // of the server's answer
	Error  string // from the client; empty for none
	Nil    bool   // no error and no result either
	Body   int    // length of the server's answer
	Kept   int    // length of the result, encoded again
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "legacy token")
	listed := flag.Int("list", 0, "project whose tasks are listed")
	filled := flag.Int("import", 0, "project that the CSV file is imported into")
	csv := flag.String("csv", "", "content of the CSV file")
	missing := flag.Int("missing", 0, "project that does not exist")
	flag.Parse()

	wire := &wire{token: *token}
	c, err := client.NewClientWithResponses(*url, client.WithHTTPClient(wire))
	if err != nil {
		return err
	}
	ctx := context.Background()
	report := json.NewEncoder(os.Stdout)

	all := client.ApiTasksListParamsFields("all")
	tasks, err := c.ApiTasksListWithResponse(ctx, &client.ApiTasksListParams{Project: listed, Fields: &all})
	saw := wire.outcome(err)
	if err == nil {
		kept, err := json.Marshal(tasks.JSON200)
		if err != nil {
			return err
		}
		saw.Nil, saw.Body, saw.Kept = tasks.JSON200 == nil, len(tasks.Body), len(kept)
	}
	if err := report.Encode(saw); err != nil {
		return err
	}

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "tasks.csv")
	if err != nil {
		return err
	}
	_, err = io.WriteString(part, *csv)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	imported, err := c.ApiProjectsImportCreateWithBodyWithResponse(ctx, *filled, nil, w.FormDataContentType(), &form)
	saw = wire.outcome(err)
	saw.Nil = err == nil && imported.JSON201 == nil
	if err := report.Encode(saw); err != nil {
		return err
	}

	formats, err := c.ApiProjectsExportFormatsRetrieveWithResponse(ctx, *listed)
	saw = wire.outcome(err)
	saw.Nil = err == nil && formats.JSON200 == nil
	if err := report.Encode(saw); err != nil {
		return err
	}

	project, err := c.ApiProjectsRetrieveWithResponse(ctx, *missing)
	saw = wire.outcome(err)
	saw.Nil = err == nil && project.JSON200 == nil
	return report.Encode(saw)
}

// wire sends requests with the token, and keeps the status of the last answer:
// when the generated client cannot decode one, it returns nothing else of it.
type wire struct {
	token  string
	status int
}

func (w *wire) Do(req *http.Request) (*http.Response, error) {
	req.Header.Set("Authorization", "Token "+w.token)
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		w.status = res.StatusCode
	}
	return res, err
}

func (w *wire) outcome(err error) outcome {
	if err != nil {
		return outcome{Status: w.status, Error: err.Error()}
	}
	return outcome{Status: w.status}
}
