package labelstudio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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
	// UploadOnly uploads and reads files without adding tasks to the project, as
	// the web page does before its "Import" is pressed. The counts of
	// annotations and predictions are null then. Of tasks that don't come as
	// files, nothing is kept.
	UploadOnly bool
	// PreannotatedFrom makes predictions from these fields of each task's data,
	// which have the names of control tags. The server drops all that a task
	// has beside its data, such as annotations.
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
// with the result as well; ctx ends the wait, not the import. One that fails
// there is [ErrImportFailed]: see [ProjectsService.WaitImport].
func (s *ProjectsService) Import(ctx context.Context, projectID int64, tasks []TaskInput, options ImportOptions, opts ...CallOption) (*ImportSummary, error) {
	if len(tasks) == 0 {
		return nil, errors.New("labelstudio: there are no tasks to import")
	}
	params, err := options.params()
	if err != nil {
		return nil, err
	}
	summary, err := s.ProjectsService.Import(ctx, projectID, params, tasks, opts...)
	return s.imported(ctx, projectID, summary, err, opts)
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
	params, err := options.params()
	if err != nil {
		return nil, err
	}
	req, err := generated.NewProjectsImportMultipartRequest(ctx, projectID, params, upload.contentType, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: %w", err)
	}
	upload.attach(req)
	summary, err := wire.Decode[*ImportSummary](s.core, req, nil, []int{http.StatusCreated}, opts)
	return s.imported(ctx, projectID, summary, err, opts)
}

// ImportURL has the server fetch a file from an address that it can reach and
// import the tasks in it. See [ProjectsService.Import] for the rest.
func (s *ProjectsService) ImportURL(ctx context.Context, projectID int64, address string, options ImportOptions, opts ...CallOption) (*ImportSummary, error) {
	if address == "" {
		return nil, errors.New("labelstudio: the address to import from is empty")
	}
	params, err := options.params()
	if err != nil {
		return nil, err
	}
	// The server takes an address as a form only, not as a multipart one.
	form := strings.NewReader(url.Values{"url": {address}}.Encode())
	req, err := generated.NewProjectsImportMultipartRequest(ctx, projectID, params, "application/x-www-form-urlencoded", form)
	summary, err := wire.Decode[*ImportSummary](s.core, req, err, []int{http.StatusCreated}, opts)
	return s.imported(ctx, projectID, summary, err, opts)
}

func (o ImportOptions) params() (*ProjectsImportParams, error) {
	for _, field := range o.PreannotatedFrom {
		if field == "" || strings.ContainsAny(field, ",;|") {
			return nil, fmt.Errorf("labelstudio: ImportOptions.PreannotatedFrom holds %q: the server splits names at , ; and |", field)
		}
	}
	params := &ProjectsImportParams{PreannotatedFromFields: o.PreannotatedFrom}
	if o.TaskIDs {
		params.ReturnTaskIDs = new(true)
	}
	if o.UploadOnly {
		params.CommitToProject = new(false)
	}
	return params, nil
}

// imported makes the result of an import out of its answer.
func (s *ProjectsService) imported(ctx context.Context, projectID int64, summary *ImportSummary, err error, opts []CallOption) (*ImportSummary, error) {
	var refused *Error
	if errors.As(err, &refused) {
		if items, more := refusedItems(refused); len(items) > 0 {
			return nil, &ImportError{Items: items, More: more, err: refused}
		}
	}
	if err != nil {
		return nil, err
	}
	if summary.ImportID == 0 && summary.TaskCount == 0 && summary.FileUploadIDs == nil { // which is a list, if an empty one
		return nil, textError{
			fmt.Sprintf("labelstudio: an answer came to the import into project %d, but it says nothing of what was imported: look what is there", projectID),
			ErrUnexpectedAnswer,
		}
	}
	if summary.ImportID != 0 {
		state, err := s.WaitImport(ctx, projectID, summary.ImportID, nil, opts...)
		if err != nil {
			return nil, err
		}
		return summaryOf(state), nil
	}
	return summary, nil
}

// summaryOf says of an import in the background what an answer at once says.
func summaryOf(state *ProjectImport) *ImportSummary {
	duration := float64(state.Duration)
	summary := &ImportSummary{
		AnnotationCount: Value(state.AnnotationCount), CouldBeTasksList: &state.CouldBeTasksList,
		DataColumns: state.DataColumns, Duration: &duration, FileUploadIDs: state.FileUploadIDs,
		FoundFormats: state.FoundFormats, ImportID: state.ID, PredictionCount: Value(state.PredictionCount),
		TaskCount: state.TaskCount, TaskIDs: state.TaskIDs,
	}
	if !state.CommitToProject { // what was not counted is kept as 0 there
		summary.AnnotationCount, summary.PredictionCount = Null[int64](), Null[int64]()
	}
	return summary
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
	items := "1 item was"
	if len(e.Items) != 1 {
		items = fmt.Sprintf("%d items were", len(e.Items))
	}
	if e.More {
		items = "at least " + items
	}
	b.WriteString("labelstudio: ")
	if e.err != nil {
		fmt.Fprintf(&b, "%s %s: ", e.err.Method, e.err.Path)
	}
	fmt.Fprintf(&b, "nothing was imported, %s refused", items)
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
// Codes of the reason may stand in front of the index.
var itemReason = regexp.MustCompile(`(?s)^Errors?(?: [^:]*)? at item (\d+): (.*)$`)

// enoughItems stands in place of the reason of item lastItem when the server has
// stopped looking, because it has reached that item or one after it is refused.
const (
	enoughItems = "..."
	lastItem    = 99
)

// refusedItems finds the items among the reasons, and whether there may be more.
func refusedItems(e *Error) (items []RefusedItem, more bool) {
	if e.StatusCode == http.StatusBadRequest && len(e.Fields) == 0 && e.Detail == "" {
		// Too long to be read as a whole, with all the items that it repeats.
		if texts := cutStrings(e.Body); len(texts) > 0 {
			e.Fields, more = map[string][]string{nonFieldErrors: texts}, true
		}
	}
	enough, beyond := false, false
	for _, text := range e.Fields[nonFieldErrors] {
		enough = enough || text == enoughItems
		if item, ok := refusedItem(text); ok {
			items = append(items, item)
			beyond = beyond || item.Index > lastItem
		}
	}
	if enough && !beyond {
		items = append(items, RefusedItem{Index: lastItem, Reason: "the server doesn't tell the reason any more"})
	}
	return items, more || enough
}

func refusedItem(text string) (item RefusedItem, ok bool) {
	parts := itemReason.FindStringSubmatch(text)
	if parts == nil {
		return RefusedItem{}, false
	}
	index, err := strconv.Atoi(parts[1])
	if err != nil {
		return RefusedItem{}, false
	}
	reason, _, _ := strings.Cut(parts[2], itemFollows)
	return RefusedItem{Index: index, Reason: strings.TrimSpace(reason)}, true
}

// itemFollows stands between the reason and the item that it repeats.
const itemFollows = " :: "

var jsonText = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"?`)

// cutStrings returns the reasons about items in a JSON document whose end is
// missing, without the items.
func cutStrings(body []byte) []string {
	var texts []string
	for _, found := range jsonText.FindAllSubmatch(body, -1) {
		text, _, _ := bytes.Cut(found[1], []byte(itemFollows))
		if text := jsonString(fmt.Appendf(nil, `"%s"`, text)); itemReason.MatchString(text) {
			texts = append(texts, text)
		}
	}
	return texts
}
