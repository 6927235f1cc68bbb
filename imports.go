package labelstudio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// ImportOptions says how to import. The zero value adds the tasks to the
// project and returns counts only.
type ImportOptions struct {
	// TaskIDs asks for the ids of the new tasks.
	TaskIDs bool
	// UploadOnly keeps what is imported without adding it to the project, as
	// the web page does before its "Import" is pressed. The counts of
	// annotations and predictions are null then.
	UploadOnly bool
	// PreannotatedFrom makes predictions from these fields of each task's data.
	PreannotatedFrom []string
}

// NewTaskInput returns a task to import whose data is v as JSON, such as a
// struct or a map with the keys that the label config names.
func NewTaskInput(v any) (TaskInput, error) {
	data, err := Raw(v)
	if err != nil {
		return TaskInput{}, fmt.Errorf("labelstudio: the data of a task: %w", err)
	}
	return TaskInput{Data: data}, nil
}

// NewTaskInputs is [NewTaskInput] for each of items.
func NewTaskInputs[T any](items []T) ([]TaskInput, error) {
	tasks := make([]TaskInput, 0, len(items))
	for i, item := range items {
		task, err := NewTaskInput(item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// Import imports tasks, with their annotations and predictions
// (POST /api/projects/{id}/import). The server takes all of them or none: items
// that it refuses come as an [*ImportError]. It takes up to 250 MiB and a
// million tasks at once unless it is set otherwise, and answers when all are
// committed: some thousands a call are answered in seconds.
//
// An import is never sent twice by the client. If the connection breaks before
// the answer, the error doesn't tell whether the server has imported: it may
// even do so seconds later.
//
// Editions that import in the background are waited for, and their counts come
// with the result as well; ctx ends the wait, not the import.
func (s *ProjectsService) Import(ctx context.Context, projectID int64, tasks []TaskInput, options ImportOptions, opts ...CallOption) (*ImportSummary, error) {
	if len(tasks) == 0 {
		return nil, errors.New("labelstudio: there are no tasks to import")
	}
	summary, err := s.ProjectsService.Import(ctx, projectID, options.params(), tasks, opts...)
	return s.imported(ctx, projectID, summary, err)
}

// ImportFiles imports the tasks in files: JSON, CSV, TSV, TXT with a task a
// line, and media files that become a task each. Every file is imported, in the
// order given. The first items of all files must share a key of their data, so
// lists and media can't go together. An import that is refused leaves its files
// behind: see FileUploads. See [ProjectsService.Import] for the rest.
func (s *ProjectsService) ImportFiles(ctx context.Context, projectID int64, files []File, options ImportOptions, opts ...CallOption) (*ImportSummary, error) {
	upload, err := newUpload(files)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: importing into project %d: %w", projectID, err)
	}
	req, err := generated.NewProjectsImportMultipartRequest(ctx, projectID, options.params(), upload.contentType, nil)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: %w", err)
	}
	upload.attach(req)
	summary, err := wire.Decode[*ImportSummary](s.core, req, nil, []int{http.StatusCreated}, opts)
	return s.imported(ctx, projectID, summary, err)
}

// ImportURL has the server fetch a file from an address that it can reach and
// import the tasks in it. See [ProjectsService.Import] for the rest.
func (s *ProjectsService) ImportURL(ctx context.Context, projectID int64, address string, options ImportOptions, opts ...CallOption) (*ImportSummary, error) {
	if address == "" {
		return nil, errors.New("labelstudio: the address to import from is empty")
	}
	// The server takes an address as a form only, not as a multipart one.
	form := strings.NewReader(url.Values{"url": {address}}.Encode())
	req, err := generated.NewProjectsImportMultipartRequest(ctx, projectID, options.params(), "application/x-www-form-urlencoded", form)
	summary, err := wire.Decode[*ImportSummary](s.core, req, err, []int{http.StatusCreated}, opts)
	return s.imported(ctx, projectID, summary, err)
}

func (o ImportOptions) params() *ProjectsImportParams {
	params := &ProjectsImportParams{PreannotatedFromFields: o.PreannotatedFrom}
	if o.TaskIDs {
		params.ReturnTaskIDs = new(true)
	}
	if o.UploadOnly {
		params.CommitToProject = new(false)
	}
	return params
}

// imported makes the result of an import out of its answer.
func (s *ProjectsService) imported(ctx context.Context, projectID int64, summary *ImportSummary, err error) (*ImportSummary, error) {
	var refused *Error
	if errors.As(err, &refused) {
		if items := refusedItems(refused); len(items) > 0 {
			more := slices.Contains(refused.Fields[nonFieldErrors], "...")
			return nil, &ImportError{Items: items, More: more, err: refused}
		}
	}
	if err != nil {
		return nil, err
	}
	if summary.ImportID != 0 {
		return s.awaitImport(ctx, projectID, summary.ImportID)
	}
	return summary, nil
}

// awaitImport waits for an import in the background.
func (s *ProjectsService) awaitImport(ctx context.Context, projectID, importID int64) (*ImportSummary, error) {
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		state, err := s.GetImport(ctx, projectID, importID)
		if err != nil {
			return nil, err
		}
		switch state.Status {
		case JobStatusCompleted:
			return summaryOf(state), nil
		case JobStatusFailed:
			reason := "the server gives no reason"
			if state.Error != nil {
				reason = oneLine(*state.Error)
			}
			return nil, fmt.Errorf("labelstudio: import %d into project %d failed: %s", importID, projectID, reason)
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, fmt.Errorf("labelstudio: waiting for import %d into project %d, which is %s: %w", importID, projectID, state.Status, err)
		}
	}
}

// summaryOf says of an import in the background what an answer at once says.
func summaryOf(state *ProjectImport) *ImportSummary {
	duration := float64(state.Duration)
	return &ImportSummary{
		AnnotationCount: Value(state.AnnotationCount), CouldBeTasksList: &state.CouldBeTasksList,
		DataColumns: state.DataColumns, Duration: &duration, FileUploadIDs: state.FileUploadIDs,
		FoundFormats: state.FoundFormats, ImportID: state.ID, PredictionCount: Value(state.PredictionCount),
		TaskCount: state.TaskCount, TaskIDs: state.TaskIDs,
	}
}

// ImportError is an import of which the server refused items. Nothing of it was
// imported. It wraps the [*Error] of the answer.
type ImportError struct {
	// Items are those that the server names, in the order that they were sent.
	Items []RefusedItem
	// More says that there may be others: the server stops looking at the first
	// bad item from the hundredth on.
	More bool

	err *Error
}

// RefusedItem is an item that the server refused.
type RefusedItem struct {
	Index  int    // in the list that was sent, from 0; of files, in all their items
	Reason string // in the server's words
}

func (e *ImportError) Error() string {
	var b strings.Builder
	least := ""
	if e.More {
		least = "at least "
	}
	fmt.Fprintf(&b, "labelstudio: %s %s: nothing was imported, %s%d items were refused", e.err.Method, e.err.Path, least, len(e.Items))
	for i, item := range e.Items {
		if i == maxShownFields {
			fmt.Fprintf(&b, "; and %d more", len(e.Items)-i)
			break
		}
		fmt.Fprintf(&b, "; item %d: %s", item.Index, oneLine(item.Reason))
	}
	return b.String()
}

// Unwrap returns the [*Error] of the answer.
func (e *ImportError) Unwrap() error { return e.err }

// itemReason is how the server words it: the index, the reason and the item.
var itemReason = regexp.MustCompile(`(?s)^Error at item (\d+): (.*)$`)

func refusedItems(e *Error) []RefusedItem {
	var items []RefusedItem
	for _, text := range e.Fields[nonFieldErrors] {
		parts := itemReason.FindStringSubmatch(text)
		if parts == nil {
			continue
		}
		index, err := strconv.Atoi(parts[1])
		if err != nil {
			continue
		}
		reason, _, _ := strings.Cut(parts[2], " :: ") // what follows repeats the item
		items = append(items, RefusedItem{Index: index, Reason: strings.TrimSpace(reason)})
	}
	return items
}
