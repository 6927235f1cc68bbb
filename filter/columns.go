package filter

import (
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// What comes before a column on the wire, before a key of the data, and between
// a key and one below it.
const (
	taskPrefix   = "tasks:"
	filterPrefix = "filter:" + taskPrefix
	dataPrefix   = "data."
	nesting      = "__"
)

// The columns of every project. For the keys of its data see [Data].
var (
	// ID is the id of a task.
	ID = integer("id")
	// InnerID counts the tasks of a project, in the order they were made.
	InnerID = integer("inner_id")
	// TotalAnnotations counts the annotations that were not cancelled.
	TotalAnnotations = integer("total_annotations")
	// CancelledAnnotations counts the annotations that were cancelled: skipped.
	CancelledAnnotations = integer("cancelled_annotations")
	// TotalPredictions counts the predictions.
	TotalPredictions = integer("total_predictions")
	// PredictionScore is the average score of the predictions by the model version
	// that the project names. Until it names one no task has a score.
	PredictionScore = number("predictions_score")
	// LeadTime is the average time that annotations took, in seconds.
	LeadTime = number("avg_lead_time")
	// CompletedAt is when the newest annotation was made, of a task that needs no
	// more.
	CompletedAt = moment("completed_at")
	// CreatedAt is when the task was made.
	CreatedAt = moment("created_at")
	// UpdatedAt is when the task was last changed, or its annotations were.
	UpdatedAt = moment("updated_at")
	// Annotators are who made annotations, cancelled ones among them.
	Annotators = users("annotators")
	// UpdatedBy is who last changed the task; empty if nobody did.
	UpdatedBy = users("updated_by")
	// AnnotationIDs are the ids of the annotations, cancelled ones among them.
	AnnotationIDs = ids("annotations_ids")
	// AnnotationResults are the results of annotations.
	AnnotationResults = Results{column{"annotations_results", generated.FilterTypeString}}
	// PredictionResults are the results of predictions.
	PredictionResults = Results{column{"predictions_results", generated.FilterTypeString}}
	// ModelVersions are the versions of the models that made predictions.
	ModelVersions = versions("predictions_model_versions")
	// DraftExists says whether there is a draft of an annotation.
	DraftExists = Bool{column{"draft_exists", generated.FilterTypeBoolean}}
	// FileUpload is the path of the uploaded file that the task came with.
	FileUpload = text(column{"file_upload", generated.FilterTypeString})
	// StorageFilename has the key of the task in the import storage it came from,
	// among semicolons.
	StorageFilename = fragments("storage_filename")
)

func integer(name string) Integer {
	return Integer{Ordered[int64]{column{name, generated.FilterTypeNumber}}}
}

func number(name string) Number { return numberOf(column{name, generated.FilterTypeNumber}) }

func numberOf(c column) Number { return Number{Ordered[float64]{c}, optional{c}} }

func moment(name string) Time {
	c := column{name, generated.FilterTypeDatetime}
	return Time{Ordered[time.Time]{c}, optional{c}}
}

func users(name string) Users {
	c := column{name, generated.FilterTypeList}
	return Users{c, optional{c}}
}

func ids(name string) IDs {
	c := column{name, generated.FilterTypeString}
	return IDs{c, optional{c}}
}

func versions(name string) Versions {
	c := column{name, generated.FilterTypeList}
	return Versions{c, optional{c}}
}

func fragments(name string) Fragments {
	c := column{name, generated.FilterTypeString}
	return Fragments{c, fragment{c}}
}

func text(c column) Text { return Text{Ordered[string]{c}, fragment{c}, optional{c}} }

// Column is a column that this package has no name for, as Label Studio
// Enterprise has. Its methods say how its values are to be read; [Check] refuses
// it if the project has no such column, or one of another type.
type Column string

// Number reads the values as numbers.
func (c Column) Number() Number { return number(string(c)) }

// Time reads the values as points in time.
func (c Column) Time() Time { return moment(string(c)) }

// Text reads the values as text.
func (c Column) Text() Text { return text(column{string(c), generated.FilterTypeString}) }

// Bool reads the values as true or false.
func (c Column) Bool() Bool { return Bool{column{string(c), generated.FilterTypeBoolean}} }

// Users reads the values as ids of users.
func (c Column) Users() Users { return users(string(c)) }

func (c Column) sortName() string { return string(c) }
