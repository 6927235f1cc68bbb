package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

const config = `<View><Text name="text" value="$text"/>` +
	`<Choices name="label" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>`

const regions = `[{"id":"a1","from_name":"label","to_name":"text","type":"choices","value":{"choices":["good"]}}]`

// world is a server and what is on it.
type world struct {
	server   *server.Server
	upstream http.RoundTripper
	direct   *labelstudio.Client // goes around the proxies
	pat      string
	users    chan *user // whose tokens may change

	project  int64   // nobody changes it
	tasks    []int64 // of it; the first has an annotation
	snapshot int64   // of it
	upload   int64   // a file of it
	file     string  // its name
	scratch  int64   // takes new tasks
	exports  int64   // takes snapshots

	bucket     *httptest.Server // has files that the server fetches
	stored     int64            // a project with a storage of that bucket
	storedTask int64            // a task of it
	root       string           // folder of the server's local files

	mu     sync.Mutex // guards the following
	token  string     // an access token
	expiry time.Time  // when it is too old

	made  atomic.Int64 // what has got a name
	clean sync.Map     // of *cleanRun, by call
	files sync.Map     // what a clean run has saved, by call
}

// name returns a name that nothing has.
func (w *world) name() string { return fmt.Sprintf("fault %d.", w.made.Add(1)) }

// oneAtATime lets one request at a time reach a server: where requests meet, its
// SQLite database may be locked, and it may run a request twice.
type oneAtATime struct {
	next http.RoundTripper
	mu   sync.Mutex
}

func (o *oneAtATime) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.next.RoundTrip(req)
}

func newWorlds(ctx context.Context, count int) ([]*world, error) {
	env, err := server.Install(ctx, server.InstallOptions{Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }})
	if err != nil {
		return nil, err
	}
	worlds, errs := make([]*world, count), make([]error, count)
	var starting sync.WaitGroup
	for i := range worlds {
		worlds[i] = &world{}
		starting.Go(func() { errs[i] = worlds[i].start(ctx, env) })
	}
	starting.Wait()
	return worlds, errors.Join(errs...)
}

func stopAll(worlds []*world) error {
	var errs []error
	for _, w := range worlds {
		if w.server != nil {
			errs = append(errs, w.server.Stop())
		}
		if w.bucket != nil {
			w.bucket.Close()
		}
		if w.root != "" {
			errs = append(errs, os.RemoveAll(w.root))
		}
	}
	return errors.Join(errs...)
}

func (w *world) start(ctx context.Context, env *server.Environment) (err error) {
	if err := w.serveFiles(); err != nil {
		return err
	}
	if w.server, err = server.Start(ctx, server.Options{Environment: env, LegacyTokens: true, Env: []string{
		"fflag_fix_all_fit_720_lazy_load_annotations=true", // or there is no agreement
		"LOCAL_FILES_SERVING_ENABLED=true", "LOCAL_FILES_DOCUMENT_ROOT=" + w.root, "USE_NGINX_FOR_UPLOADS=false",
	}}); err != nil {
		return err
	}
	if w.pat, err = w.server.PAT(ctx); err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DisableCompression = nil, true
	w.upstream = &oneAtATime{next: transport}
	if w.direct, err = w.client(server.LegacyToken); err != nil {
		return err
	}
	if err := w.fill(ctx); err != nil {
		return fmt.Errorf("preparing a server: %w", err)
	}
	return w.signUpAll(ctx)
}

// client returns a client that goes around the proxies.
func (w *world) client(token string) (*labelstudio.Client, error) {
	return labelstudio.NewClient(w.server.URL, labelstudio.WithToken(token), labelstudio.WithTransport(w.upstream), labelstudio.WithRetries(0))
}

// accessLife is how long an access token is used, of the five minutes it lives.
const accessLife = 2 * time.Minute

// access returns an access token of the administrator.
func (w *world) access(ctx context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Now().Before(w.expiry) {
		return w.token, nil
	}
	made, err := w.direct.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: w.pat})
	if err != nil {
		return "", err
	}
	w.token, w.expiry = made.Access, time.Now().Add(accessLife)
	return w.token, nil
}

// fill makes what the calls read.
func (w *world) fill(ctx context.Context) (err error) {
	if w.project, err = w.newProject(ctx, "fault reads", 4); err != nil {
		return err
	}
	if w.scratch, err = w.newProject(ctx, "fault scratch", 1); err != nil {
		return err
	}
	if w.exports, err = w.newProject(ctx, "fault exports", 2); err != nil {
		return err
	}
	if w.tasks, err = w.taskIDs(ctx, w.project); err != nil {
		return err
	}
	path := fmt.Sprintf("/api/tasks/%d/annotations/", w.tasks[0])
	if err := w.direct.Do(ctx, http.MethodPost, path, nil, json.RawMessage(`{"result":`+regions+`}`), nil); err != nil {
		return err
	}
	if w.upload, err = w.newUpload(ctx, w.project); err != nil {
		return err
	}
	file, err := w.direct.FileUploads.Get(ctx, w.upload)
	if err != nil {
		return err
	}
	w.file = file.File
	made, err := w.direct.Snapshots.Create(ctx, w.project, labelstudio.SnapshotRequest{})
	if err != nil {
		return err
	}
	w.snapshot = made.ID
	if _, err := w.direct.Tasks.Next(ctx, w.project, nil); err != nil { // which is history, and so has to come before
		return err
	}
	return w.connectStorages(ctx)
}

// newProject makes a project with so many tasks.
func (w *world) newProject(ctx context.Context, title string, tasks int) (int64, error) {
	project, err := w.direct.Projects.Create(ctx, labelstudio.ProjectRequest{
		Title: labelstudio.Value(title), LabelConfig: new(config),
	})
	if err != nil {
		return 0, err
	}
	if tasks == 0 {
		return project.ID, nil
	}
	_, err = w.direct.Projects.Import(ctx, project.ID, inputs(title, tasks), labelstudio.ImportOptions{})
	return project.ID, err
}

// inputs returns so many tasks whose text begins with marker.
func inputs(marker string, count int) []labelstudio.TaskInput {
	var tasks []labelstudio.TaskInput
	for i := range count {
		tasks = append(tasks, labelstudio.TaskInput{
			Data:        json.RawMessage(fmt.Sprintf(`{"text":"%s %d"}`, marker, i)),
			Predictions: []labelstudio.PredictionInput{{Result: json.RawMessage(regions), ModelVersion: labelstudio.Value("v1")}},
		})
	}
	return tasks
}

func (w *world) taskIDs(ctx context.Context, project int64) ([]int64, error) {
	var ids []int64
	for task, err := range w.direct.Tasks.All(ctx, labelstudio.TaskFilter{Project: project}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, task.ID)
	}
	return ids, nil
}

// newUpload uploads a file into a project.
func (w *world) newUpload(ctx context.Context, project int64) (int64, error) {
	file := labelstudio.FileOf("a.csv", []byte("text\none\ntwo\n"))
	summary, err := w.direct.Projects.ImportFiles(ctx, project, []labelstudio.File{file}, labelstudio.ImportOptions{UploadOnly: true})
	if err != nil {
		return 0, err
	}
	return summary.FileUploadIDs[0], nil
}
