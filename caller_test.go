package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// What a caller may do to the client by mistake.

// methodsOf returns the methods of all services of a client, by name.
func methodsOf(c *Client) map[string]reflect.Value {
	methods := map[string]reflect.Value{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			field, service := v.Type().Field(i), v.Field(i)
			if field.Anonymous {
				walk(service) // first, as the client's own services hide those
			} else if field.IsExported() {
				for j := range service.NumMethod() {
					methods[field.Name+"."+service.Type().Method(j).Name] = service.Method(j)
				}
			}
		}
	}
	walk(reflect.ValueOf(c).Elem())
	return methods
}

// callWith calls a method with ctx, id for each number and otherwise nothing,
// and uses what it returns.
func callWith(method reflect.Value, ctx context.Context, id int64) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	var args []reflect.Value
	of := method.Type()
	for i := range of.NumIn() {
		arg := reflect.New(of.In(i)).Elem()
		switch {
		case of.IsVariadic() && i == of.NumIn()-1:
			continue
		case arg.Type() == reflect.TypeFor[context.Context]() && ctx != nil:
			arg.Set(reflect.ValueOf(ctx))
		case arg.Kind() == reflect.Int64:
			arg.SetInt(id)
		}
		args = append(args, arg)
	}
	for _, out := range method.Call(args) {
		if out.Kind() == reflect.Func && out.Type().CanSeq2() {
			for _, failed := range out.Seq2() {
				out = failed
				break
			}
		}
		switch out := out.Interface().(type) {
		case error:
			err = out
		case io.Closer:
			if !reflect.ValueOf(out).IsNil() {
				_ = out.Close() // nothing of it is wanted
			}
		}
	}
	return err
}

// saidAloud are the calls that change something without an argument that says
// what: their names do. The server refuses all others of these, as what they
// are to create has no name, or no project.
var saidAloud = regexp.MustCompile(`\.(Create|SetUp|Validate|ListFiles|ValidateConfig|ValidateLabelConfig) |` +
	`^(Invites.ResetToken|JWTSettings.Update|SessionPolicy.Update|Tokens.(Refresh|Revoke|Rotate)|` +
	`Users.(ResetLegacyToken|UpdateHotkeys|UpdateProductTour)|Views.Reorder) `)

// No call with zero arguments crashes, and none means everything.
func TestCallsWithNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"{}", "[]", "[{}]"} {
		synctest.Test(t, func(t *testing.T) {
			calling := ""
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				sent := calling + " " + req.Method + " " + req.URL.Path
				if req.Method != http.MethodGet && (req.Method == http.MethodDelete || !saidAloud.MatchString(sent)) {
					t.Errorf("sent with zero arguments: %s", sent)
				}
				return answer(200, body), nil
			})
			methods := methodsOf(c)
			if len(methods) < 200 {
				t.Fatalf("there are %d methods only", len(methods))
			}
			for name, method := range methods {
				calling = name
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // for those that wait
				if err := callWith(method, ctx, 0); err != nil && strings.HasPrefix(err.Error(), "panic") {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
			}
		})
	}
}

// With ids and nothing else, what is deleted is the one thing that has the id.
func TestCallsWithIDsOnly(t *testing.T) {
	t.Parallel()
	one := regexp.MustCompile(`/1/?$|^/api/users/1/avatar/$`)
	for _, body := range []string{"{}", "[]", "[{}]"} {
		synctest.Test(t, func(t *testing.T) {
			calling := ""
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				// The server refuses an empty version.
				if req.Method == http.MethodDelete && !one.MatchString(req.URL.Path) && calling != "Projects.DeleteModelVersion" {
					t.Errorf("%s deletes %s", calling, req.URL)
				}
				if strings.HasPrefix(req.URL.Path, "/api/dm/actions") && req.Method != http.MethodGet {
					t.Errorf("%s performs %s", calling, req.URL)
				}
				if calling == "Snapshots.ExportFile" { // without a path there is nothing to take a snapshot for
					t.Errorf("%s sends %s %s", calling, req.Method, req.URL)
				}
				return answer(200, body), nil
			})
			for name, method := range methodsOf(c) {
				calling = name
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				if err := callWith(method, ctx, 1); err != nil && strings.HasPrefix(err.Error(), "panic") {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
			}
		})
	}
}

// callsOfAll are calls with all that they need, by what is special about them.
func callsOfAll(c *Client, tasks []TaskInput) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"Do": func(ctx context.Context) error { return c.Do(ctx, http.MethodGet, "/api/x/", nil, nil, nil) },
		"body": func(ctx context.Context) error {
			return c.Do(ctx, http.MethodPost, "/api/x/", nil, strings.NewReader("x"), nil)
		},
		"generated": func(ctx context.Context) error { _, err := c.Projects.Get(ctx, 1, nil); return err },
		"list": func(ctx context.Context) (err error) {
			for _, err = range c.Projects.All(ctx, nil) {
			}
			return err
		},
		"list of tasks": func(ctx context.Context) (err error) {
			for _, err = range c.Tasks.All(ctx, TaskFilter{Project: 1, Ahead: true}) {
			}
			return err
		},
		"import": func(ctx context.Context) error {
			_, err := c.Projects.Import(ctx, 1, tasks, ImportOptions{})
			return err
		},
		"import of files": func(ctx context.Context) error {
			_, err := c.Projects.ImportFiles(ctx, 1, []File{FileOf("a.json", []byte("[]"))}, ImportOptions{})
			return err
		},
		"import from an address": func(ctx context.Context) error {
			_, err := c.Projects.ImportURL(ctx, 1, "https://files.test/x.json", ImportOptions{})
			return err
		},
		"import in batches": func(ctx context.Context) error {
			_, err := c.Projects.ImportReader(ctx, 1, strings.NewReader(`[{"text":"a"}]`), TaskFormatJSON, BatchOptions{})
			return err
		},
		"export": func(ctx context.Context) error {
			_, err := c.Exports.Open(ctx, 1, ExportOptions{Format: "JSON"})
			return err
		},
		"tasks of a snapshot": func(ctx context.Context) (err error) {
			for _, err = range c.Snapshots.Tasks(ctx, 1, 1) {
			}
			return err
		},
		"wait":     func(ctx context.Context) error { _, err := c.Snapshots.Wait(ctx, 1, 1, nil); return err },
		"deletion": func(ctx context.Context) error { _, err := c.Tasks.DeleteSelected(ctx, 1, IDs(1)); return err },
		"storage": func(ctx context.Context) error {
			_, err := c.LocalImportStorages.SetUp(ctx, LocalImportStorageRequest{Project: 1}, nil)
			return err
		},
	}
}

func TestNilContext(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
		t.Errorf("sent %s", req.URL)
		return answer(500, ""), nil
	}, WithToken(testPAT))
	for name, call := range callsOfAll(c, []TaskInput{{}}) {
		err := func() (err error) {
			defer func() {
				if cause := recover(); cause != nil {
					err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
				}
			}()
			return call(nil)
		}()
		if err == nil || !strings.Contains(err.Error(), "the context is nil: give context.Background()") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestClientThatNobodyMade(t *testing.T) {
	t.Parallel()
	for _, c := range []*Client{nil, {}} {
		c.CloseIdleConnections()
		err := c.Do(t.Context(), http.MethodGet, "/", nil, nil, nil)
		_, version := c.Compatibility(t.Context())
		for _, err := range []error{err, version} {
			if !errors.Is(err, errNotMade) || !strings.HasPrefix(err.Error(), "labelstudio: the client was not made with NewClient") {
				t.Errorf("error %v", err)
			}
		}
	}
}

// Whatever a call is doing when its context ends, it ends at once, and says so.
func TestCancelledAnywhere(t *testing.T) {
	t.Parallel()
	hang := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	tests := map[string]func(req *http.Request) (*http.Response, error){
		"before": nil,
		"header": hang,
		"body": func(req *http.Request) (*http.Response, error) {
			res := answer(200, "")
			res.Body = &stallingBody{ctx: req.Context(), wait: time.Minute, pieces: 10}
			return res, nil
		},
		"body of an error": func(req *http.Request) (*http.Response, error) {
			res := answer(404, "")
			res.Body = &stallingBody{ctx: req.Context(), wait: time.Minute, pieces: 10}
			return res, nil
		},
		"back-off": func(*http.Request) (*http.Response, error) {
			return answer(429, "", "Retry-After", "60"), nil
		},
		"exchange": func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == exchangePath {
				return hang(req)
			}
			return answer(401, ""), nil
		},
		"back-off of an exchange": func(req *http.Request) (*http.Response, error) {
			return answer(503, "", "Retry-After", "67"), nil // so that no wait ends just when a call does
		},
		"redirect": func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/to/" {
				return hang(req)
			}
			return answer(307, "", "Location", "/to/"), nil
		},
	}
	const after = 10 * time.Second
	for name, handle := range tests {
		synctest.Test(t, func(t *testing.T) {
			var sent atomic.Int64
			c := fakeServer(t, func(req *http.Request) (*http.Response, error) {
				if sent.Add(1); handle == nil {
					t.Errorf("%s: sent %s", name, req.URL)
				}
				if req.URL.Path == exchangePath && !strings.Contains(name, "exchange") {
					return answer(200, `{"access":`+quote(makeAccess(1, 3000))+`}`), nil
				}
				return handle(req)
			}, WithRetries(3), WithToken(testPAT))
			for call, do := range callsOfAll(c, []TaskInput{{}}) {
				ctx, cancel := context.WithCancel(t.Context())
				if handle == nil {
					cancel()
				}
				timer := time.AfterFunc(after, cancel)
				start := time.Now()
				err := do(ctx)
				took := time.Since(start)
				timer.Stop()
				cancel()
				var answered *Error
				switch {
				case errors.As(err, &answered) && handle != nil && took < after: // what is not repeated, such as an import
				case !errors.Is(err, context.Canceled):
					t.Errorf("%s, %s: error %v", name, call, err)
				case handle == nil && took != 0, handle != nil && took != after && took != after+drainTime:
					t.Errorf("%s, %s: it ended after %s", name, call, took)
				}
			}
			if handle != nil && sent.Load() == 0 {
				t.Errorf("%s: nothing was sent", name)
			}
			time.Sleep(exchangeTimeout) // an exchange that others may wait for goes on
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := fakeServer(t, func(*http.Request) (*http.Response, error) {
			return answer(200, `{"id":1,"status":"in_progress"}`), nil
		})
		for name, wait := range map[string]func(ctx context.Context) error{
			"snapshot": func(ctx context.Context) error { _, err := c.Snapshots.Wait(ctx, 1, 1, nil); return err },
			"import":   func(ctx context.Context) error { _, err := c.Projects.WaitImport(ctx, 1, 1, nil); return err },
			"reimport": func(ctx context.Context) error { _, err := c.Projects.WaitReimport(ctx, 1, 1, nil); return err },
			"storage":  func(ctx context.Context) error { _, err := c.S3ImportStorages.Wait(ctx, 1, nil); return err },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Second, cancel)
			start := time.Now()
			if err := wait(ctx); !errors.Is(err, context.Canceled) || time.Since(start) != 100*time.Second {
				t.Errorf("%s: error %v after %s", name, err, time.Since(start))
			}
		}
	})
}

// A body is closed as often as one likes, and gives nothing after that.
func TestClosedDownload(t *testing.T) {
	t.Parallel()
	server := newServer(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/formats") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `[{"name":"JSON"}]`)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		sendTo(w, endlessly("", "x"))
	})
	c := mustClient(t, server.URL)
	var body io.ReadCloser
	if err := c.Do(t.Context(), http.MethodGet, "/x/", nil, nil, &body); err != nil {
		t.Fatal(err)
	}
	download, err := c.Exports.Open(t.Context(), 1, ExportOptions{Format: "JSON"})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []io.ReadCloser{body, download} {
		for range 3 {
			if err := body.Close(); err != nil {
				t.Error(err)
			}
		}
		if n, err := body.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
	path := filepath.Join(t.TempDir(), "x")
	if saved, err := download.SaveAs(path, nil); err == nil || saved != nil {
		t.Errorf("saved %v, %v", saved, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

// A body that can't be read is no empty one.
func TestClosedRequestBody(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	server := newServer(t, func(_ http.ResponseWriter, req *http.Request) {
		if _, err := io.ReadAll(req.Body); err == nil {
			t.Error("the server got a whole body")
		}
	})
	c := mustClient(t, server.URL, WithRetries(3))
	if err := c.Do(t.Context(), http.MethodPost, "/", nil, file, nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if _, err := c.Projects.ImportReader(t.Context(), 1, file, TaskFormatJSON, BatchOptions{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

// What is nil where something must be is told, and doesn't crash.
func TestNilArguments(t *testing.T) {
	t.Parallel()
	c := fakeServer(t, func(*http.Request) (*http.Response, error) { return answer(200, `{}`), nil })
	do := func(in, out any) func() error {
		return func() error { return c.Do(t.Context(), http.MethodPost, "/", nil, in, out) }
	}
	tests := map[string]struct {
		call func() error
		want string // of the error; empty for none
	}{
		"a nil *bytes.Reader":     {do((*bytes.Reader)(nil), nil), "it is a nil *bytes.Reader: give nil itself for none"},
		"a nil *bytes.Buffer":     {do((*bytes.Buffer)(nil), nil), "give nil itself for none"},
		"a nil *strings.Reader":   {do((*strings.Reader)(nil), nil), "give nil itself for none"},
		"a nil *os.File":          {do((*os.File)(nil), nil), "give nil itself for none"},
		"a nil *[]byte":           {do(nil, (*[]byte)(nil)), "out is a nil *[]uint8; give nil itself"},
		"a nil *json.RawMessage":  {do(nil, (*json.RawMessage)(nil)), "there is nowhere to put the answer"},
		"a nil *io.ReadCloser":    {do(nil, (*io.ReadCloser)(nil)), "there is nowhere to put the answer"},
		"a nil pointer to decode": {do(nil, (*Project)(nil)), "there is nowhere to put the answer"},
		"a nil capture": {func() error {
			return c.Do(t.Context(), http.MethodGet, "/", nil, nil, nil, CaptureResponse(nil))
		}, ""},
		"a nil reader of a list": {func() (err error) {
			for _, err = range Elements[Project](nil) {
			}
			return err
		}, "there is no reader of a list"},
		"an operation of nothing": {func() error {
			if name, ok := OperationOf(nil); ok { //nolint:staticcheck // that is what is tried
				return errors.New(name)
			}
			return nil
		}, ""},
		"an empty download": {func() error {
			_, err := new(Download).SaveAs(filepath.Join(t.TempDir(), "x"), nil)
			return err
		}, "there is nothing to save"},
		"no download": {func() error {
			_, err := (*Download)(nil).SaveAs(filepath.Join(t.TempDir(), "x"), nil)
			return err
		}, "there is nothing to save"},
		"an empty import error": {func() error { return &ImportError{} }, "nothing was imported, 0 items were refused"},
		"no report of media":    {func() error { return (*MediaReport)(nil).Err() }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.call()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
