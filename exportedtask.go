package labelstudio

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"time"
)

// ExportedTask is a task as the format "JSON" and raw snapshots have it. What a
// direct export leaves out is nil or empty there.
type ExportedTask struct {
	ID int64 `json:"id"`
	// Data is what there is to annotate, with URIs as they were imported.
	Data json.RawMessage `json:"data"`
	Meta json.RawMessage `json:"meta,omitzero"`
	// Annotations are those that were chosen, cancelled ones among them.
	Annotations []ExportedAnnotation `json:"annotations"`
	// Drafts and Predictions of a snapshot are ids alone, unless it was taken with
	// more of them: see [SerializationOptionsInput]. A direct export has all of
	// the drafts, and of predictions the ids.
	Drafts      []ExportedDraft      `json:"drafts"`
	Predictions []ExportedPrediction `json:"predictions"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// UpdatedBy is the id of the user who last changed the task.
	UpdatedBy *int64 `json:"updated_by"`
	Project   int64  `json:"project"`
	// InnerID counts the tasks of the project, from 1.
	InnerID int64 `json:"inner_id"`
	// FileUpload is the name of the file that the task came with.
	FileUpload *string `json:"file_upload,omitempty"`
	// AllowSkip says whether annotators may skip the task. nil counts as yes; it is
	// also what servers before 1.22.0 say.
	AllowSkip *bool `json:"allow_skip"`

	TotalAnnotations     int64 `json:"total_annotations"`
	CancelledAnnotations int64 `json:"cancelled_annotations"`
	TotalPredictions     int64 `json:"total_predictions"`

	CommentCount           int64           `json:"comment_count"`
	UnresolvedCommentCount int64           `json:"unresolved_comment_count"`
	LastCommentUpdatedAt   *time.Time      `json:"last_comment_updated_at"`
	CommentAuthors         json.RawMessage `json:"comment_authors"`
}

// ExportedAnnotation is an annotation of an [ExportedTask].
type ExportedAnnotation struct {
	ID int64 `json:"id"`
	// Result is a list of results, such as package result reads.
	Result       json.RawMessage `json:"result"`
	ResultCount  int64           `json:"result_count"`
	CompletedBy  ExportedUser    `json:"completed_by"`
	WasCancelled bool            `json:"was_cancelled"` // skipped
	GroundTruth  bool            `json:"ground_truth"`

	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	DraftCreatedAt *time.Time `json:"draft_created_at"`
	LeadTime       *float64   `json:"lead_time"` // in seconds

	// Prediction is the prediction that the annotation began with, as it was
	// then; an empty object for none.
	Prediction       json.RawMessage `json:"prediction"`
	UniqueID         *string         `json:"unique_id"`
	ImportID         *int64          `json:"import_id"`
	LastAction       *LastAction     `json:"last_action"`
	BulkCreated      *bool           `json:"bulk_created"`
	Task             int64           `json:"task"`
	Project          int64           `json:"project"`
	UpdatedBy        *int64          `json:"updated_by"`
	LastCreatedBy    *int64          `json:"last_created_by"`
	ParentPrediction *int64          `json:"parent_prediction"`
	ParentAnnotation *int64          `json:"parent_annotation"`
}

// ExportedUser is who made an annotation: an id alone, unless a snapshot was
// taken with AnnotationsCompletedBy, or nobody.
type ExportedUser struct {
	ID     int64           // 0 for nobody
	Person *ExportedPerson // nil for an id alone
}

// ExportedPerson is what a snapshot may tell of a user.
type ExportedPerson struct {
	ID        int64  `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

// ExportedDraft is a draft, or its id alone.
type ExportedDraft struct {
	ID    int64
	Draft *AnnotationDraft // nil for an id alone
}

// ExportedPrediction is a prediction, or its id alone.
type ExportedPrediction struct {
	ID         int64
	Prediction *Prediction // nil for an id alone
}

// UnmarshalJSON takes an id or an object.
func (u *ExportedUser) UnmarshalJSON(raw []byte) (err error) {
	if u.Person, err = idOr[ExportedPerson](raw, &u.ID); u.Person != nil {
		u.ID = u.Person.ID
	}
	return err
}

// MarshalJSON writes what was read.
func (u ExportedUser) MarshalJSON() ([]byte, error) { return orID(u.Person, u.ID) }

// UnmarshalJSON takes an id or an object.
func (d *ExportedDraft) UnmarshalJSON(raw []byte) (err error) {
	if d.Draft, err = idOr[AnnotationDraft](raw, &d.ID); d.Draft != nil {
		d.ID = d.Draft.ID
	}
	return err
}

// MarshalJSON writes what was read.
func (d ExportedDraft) MarshalJSON() ([]byte, error) { return orID(d.Draft, d.ID) }

// UnmarshalJSON takes an id or an object.
func (p *ExportedPrediction) UnmarshalJSON(raw []byte) (err error) {
	if p.Prediction, err = idOr[Prediction](raw, &p.ID); p.Prediction != nil {
		p.ID = p.Prediction.ID
	}
	return err
}

// MarshalJSON writes what was read.
func (p ExportedPrediction) MarshalJSON() ([]byte, error) { return orID(p.Prediction, p.ID) }

// idOr decodes an object, or else an id into *id.
func idOr[T any](raw []byte, id *int64) (*T, error) {
	if !bytes.HasPrefix(raw, []byte("{")) {
		number, err := strconv.ParseInt(string(raw), 10, 64) // quicker than the decoder
		if err != nil {
			return nil, json.Unmarshal(raw, id)
		}
		*id = number
		return nil, nil
	}
	object := new(T)
	return object, json.Unmarshal(raw, object)
}

func orID[T any](object *T, id int64) ([]byte, error) {
	switch {
	case object != nil:
		return json.Marshal(object)
	case id == 0: // null was read
		return []byte("null"), nil
	}
	return json.Marshal(id)
}

// Tasks returns the tasks of a project while they are downloaded
// (GET /api/projects/{id}/export), in the format "JSON": options.Format is left
// empty. The server builds all of it in memory first; for large projects see
// [SnapshotsService.Tasks]. The loop ends with the first error, which it yields.
func (s *ExportsService) Tasks(ctx context.Context, projectID int64, options ExportOptions, opts ...CallOption) iter.Seq2[*ExportedTask, error] {
	if options.Format == "" {
		options.Format = "JSON"
	}
	return downloaded(s.core, func() (*Download, error) { return s.Open(ctx, projectID, options, opts...) })
}

// Tasks returns the tasks of a completed snapshot while they are downloaded, as
// [SnapshotsService.Open] does: a connection that breaks is resumed, and the end
// is an error if the MD5 of it all is not the server's. The loop ends with the
// first error, which it yields.
func (s *SnapshotsService) Tasks(ctx context.Context, projectID, snapshotID int64, opts ...CallOption) iter.Seq2[*ExportedTask, error] {
	return downloaded(s.core, func() (*Download, error) { return s.Open(ctx, projectID, snapshotID, "", opts...) })
}

func downloaded(core *core, open func() (*Download, error)) iter.Seq2[*ExportedTask, error] {
	return func(yield func(*ExportedTask, error) bool) {
		download, err := open()
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = download.Close() }() // all that is wanted has been read
		elements[ExportedTask](download, core.limits.element, exportedOptions)(func(task *ExportedTask, err error) bool {
			return yield(task, core.clean(err))
		})
	}
}
