package webhook

import (
	"encoding/json"
	"time"

	"github.com/labelstudio-go/labelstudio/generated"
)

// Project is a project as deliveries have it, which is not quite as the API has
// it. It holds credentials, TaskDataPassword and Token: whoever gets deliveries
// knows them.
type Project struct {
	// ID identifies the project.
	ID int64 `json:"id"`
	// TaskNumber counts the tasks.
	TaskNumber int64 `json:"task_number"`
	// FinishedTaskNumber counts the tasks that are labeled.
	FinishedTaskNumber int64 `json:"finished_task_number"`
	// TotalPredictionsNumber counts the predictions.
	TotalPredictionsNumber int64 `json:"total_predictions_number"`
	// TotalAnnotationsNumber counts the annotations that are not cancelled, with ground truth.
	TotalAnnotationsNumber int64 `json:"total_annotations_number"`
	// NumTasksWithAnnotations counts the tasks that have an annotation of those in useful_annotation_number.
	NumTasksWithAnnotations int64 `json:"num_tasks_with_annotations"`
	// UsefulAnnotationNumber counts the annotations that have a result and are neither cancelled nor ground truth.
	UsefulAnnotationNumber int64 `json:"useful_annotation_number"`
	// GroundTruthNumber counts the annotations that are ground truth.
	GroundTruthNumber int64 `json:"ground_truth_number"`
	// SkippedAnnotationsNumber counts the cancelled annotations.
	SkippedAnnotationsNumber int64 `json:"skipped_annotations_number"`
	// Title names the project; empty or null if it was given no title.
	Title *string `json:"title"`
	// Description says in free text what the project is about.
	Description *string `json:"description"`
	// LabelConfig says in XML what annotators see and what they can say of it.
	LabelConfig string `json:"label_config"`
	// ParsedLabelConfig is the label config as the server reads it: for each control tag its type, inputs and labels.
	ParsedLabelConfig json.RawMessage `json:"parsed_label_config"`
	// LabelConfigHash changes with the label config, and when the server is started again; null if there is none.
	LabelConfigHash *int64 `json:"label_config_hash"`
	// ExpertInstruction tells annotators what to do, in HTML.
	ExpertInstruction string `json:"expert_instruction"`
	// ShowInstruction shows expert_instruction to annotators before they begin.
	ShowInstruction bool `json:"show_instruction"`
	// ShowSkipButton lets annotators skip tasks.
	ShowSkipButton bool `json:"show_skip_button"`
	// EnableEmptyAnnotation lets annotators submit an annotation that says nothing.
	EnableEmptyAnnotation bool `json:"enable_empty_annotation"`
	// RevealPreannotationsInteractively shows predicted regions only where the annotator draws a box.
	RevealPreannotationsInteractively bool `json:"reveal_preannotations_interactively"`
	// ShowAnnotationHistory shows annotators the history of an annotation.
	ShowAnnotationHistory bool `json:"show_annotation_history"`
	// ShowCollabPredictions shows predictions to annotators.
	ShowCollabPredictions bool `json:"show_collab_predictions"`
	// EvaluatePredictionsAutomatically asks the ML backend for missing predictions when tasks are listed or read.
	EvaluatePredictionsAutomatically bool `json:"evaluate_predictions_automatically"`
	// Token is the project's own token, which the API does not show.
	Token *string `json:"token"`
	// ResultCount is 0 in the Community edition.
	ResultCount int64 `json:"result_count"`
	// Color is the color of the project in the web page, as #RRGGBB.
	Color string `json:"color"`
	// MaximumAnnotations is the number of annotations that finish a task.
	MaximumAnnotations int64 `json:"maximum_annotations"`
	// MinAnnotationsToStartTraining sets off the training of ML backends each time that so many more annotations exist; 0 never does.
	MinAnnotationsToStartTraining int64 `json:"min_annotations_to_start_training"`
	// ControlWeights weighs control tags and labels in agreement scores.
	ControlWeights json.RawMessage `json:"control_weights"`
	// ModelVersion is the version of the predictions that are shown, or the title of the ML backend that makes them.
	ModelVersion *string `json:"model_version"`
	// DataTypes has the type of each key of the tasks' data that the label config names, such as {"text": "Text"}.
	DataTypes json.RawMessage `json:"data_types"`
	// IsDraft says whether the project is still being set up in the web page.
	IsDraft bool `json:"is_draft"`
	// IsPublished says whether the project is published to annotators.
	IsPublished bool `json:"is_published"`
	// CreatedAt is when the project was created.
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is when the project was changed last.
	UpdatedAt time.Time `json:"updated_at"`
	// Sampling is the order in which annotators get tasks.
	Sampling *generated.Sampling `json:"sampling"`
	// SkipQueue is what becomes of tasks that are skipped.
	SkipQueue *generated.SkipQueue `json:"skip_queue"`
	// ShowGroundTruthFirst is no longer read by the server: annotator_evaluation_enabled has taken its place.
	ShowGroundTruthFirst bool `json:"show_ground_truth_first"`
	// AnnotatorEvaluationEnabled gives annotators the tasks that have a ground truth first, to measure them.
	AnnotatorEvaluationEnabled bool `json:"annotator_evaluation_enabled"`
	// ShowOverlapFirst gives annotators the tasks with an overlap above 1 before the others.
	ShowOverlapFirst bool `json:"show_overlap_first"`
	// OverlapCohortPercentage is the percentage of tasks that take maximum_annotations annotations.
	OverlapCohortPercentage int64 `json:"overlap_cohort_percentage"`
	// TaskDataLogin is the user name that URLs in task data ask for.
	TaskDataLogin *string `json:"task_data_login"`
	// TaskDataPassword is the password that goes with task_data_login, as it is.
	TaskDataPassword *string `json:"task_data_password"`
	// PinnedAt is when the project was pinned; null if it is not.
	PinnedAt *time.Time `json:"pinned_at"`
	// CustomTaskLockTTL is how long a task is kept for an annotator, in seconds; null for the server's default.
	CustomTaskLockTTL *int64 `json:"custom_task_lock_ttl"`
	// DeletedAt is null in the Community edition.
	DeletedAt *time.Time `json:"deleted_at"`
	// PurgeAt is null in the Community edition.
	PurgeAt *time.Time `json:"purge_at"`
	// SearchVector is for the server's own use.
	SearchVector json.RawMessage `json:"search_vector,omitzero"`
	// Organization identifies the organization whose members see the project.
	Organization *int64 `json:"organization"`
	// CreatedBy identifies the user who created the project; null once that user is deleted.
	CreatedBy *int64 `json:"created_by"`
	// DeletedBy is null in the Community edition.
	DeletedBy *int64 `json:"deleted_by"`
}

// Task is a task as deliveries have it.
type Task struct {
	// ID identifies the task.
	ID int64 `json:"id"`
	// Data is what there is to annotate: an object whose keys are those of the label config, and others.
	Data json.RawMessage `json:"data"`
	// Meta is what was imported with the task beside its data; an empty object by default.
	Meta json.RawMessage `json:"meta"`
	// CreatedAt is when the task was created.
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is when the task changed last, or an annotation or prediction of it.
	UpdatedAt time.Time `json:"updated_at"`
	// IsLabeled says whether the task has as many annotations as it needs.
	IsLabeled bool `json:"is_labeled"`
	// AllowSkip says whether annotators may skip the task.
	AllowSkip *bool `json:"allow_skip"`
	// Overlap is the number of annotations that the task needs to be labeled.
	Overlap int64 `json:"overlap"`
	// InnerID is the number of the task within the project; null if a client set it so.
	InnerID *int64 `json:"inner_id"`
	// TotalAnnotations counts the annotations that are not cancelled.
	TotalAnnotations int64 `json:"total_annotations"`
	// CancelledAnnotations counts the annotations that were cancelled, by which annotators skip a task.
	CancelledAnnotations int64 `json:"cancelled_annotations"`
	// TotalPredictions counts the predictions.
	TotalPredictions int64 `json:"total_predictions"`
	// PrecomputedAgreement is how far the annotations agree; null in the Community edition.
	PrecomputedAgreement *float64 `json:"precomputed_agreement"`
	// CommentCount counts the comments; 0 in the Community edition.
	CommentCount int64 `json:"comment_count"`
	// UnresolvedCommentCount counts the comments that are still open; 0 in the Community edition.
	UnresolvedCommentCount int64 `json:"unresolved_comment_count"`
	// LastCommentUpdatedAt is when a comment changed last; null without comments.
	LastCommentUpdatedAt *time.Time `json:"last_comment_updated_at"`
	// Project identifies the project.
	Project *int64 `json:"project"`
	// UpdatedBy identifies the user who changed the task last; null if nobody did.
	UpdatedBy *int64 `json:"updated_by"`
	// FileUpload identifies the uploaded file that the task was imported from; null if it was not.
	FileUpload *int64 `json:"file_upload"`
	// CommentAuthors identifies the users who commented; empty in the Community edition.
	CommentAuthors []int64 `json:"comment_authors"`
}

// Annotation is an annotation as deliveries have it.
type Annotation struct {
	// ID identifies the annotation.
	ID int64 `json:"id"`
	// Result is what the annotator said, in the JSON of the labeling tool: a list; null for an annotation made without.
	Result json.RawMessage `json:"result"`
	// WasCancelled says whether the annotator skipped the task instead of annotating it.
	WasCancelled bool `json:"was_cancelled"`
	// GroundTruth marks the annotation as right, to measure others by.
	GroundTruth bool `json:"ground_truth"`
	// CreatedAt is when the annotation was created.
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is when the annotation changed last.
	UpdatedAt time.Time `json:"updated_at"`
	// DraftCreatedAt is when the draft was begun that became the annotation; null if there was none.
	DraftCreatedAt *time.Time `json:"draft_created_at"`
	// LeadTime is the time that the annotation took, in seconds; null if it was not measured.
	LeadTime *float64 `json:"lead_time"`
	// Prediction is the prediction that the annotator saw, if the client sent it; otherwise an empty object.
	Prediction json.RawMessage `json:"prediction"`
	// ResultCount counts the regions of the result; 0 for an annotation that was made from a prediction.
	ResultCount int64 `json:"result_count"`
	// UniqueID identifies the annotation, as a UUID.
	UniqueID *string `json:"unique_id"`
	// ImportID is the id that the annotation had in the file it was imported from; null if it had none.
	ImportID *int64 `json:"import_id"`
	// LastAction is the last entry in the history of the annotation; null in the Community edition, unless a client sets it.
	LastAction *generated.LastAction `json:"last_action"`
	// BulkCreated says whether the annotation was made together with those of other tasks; null if a client sent that.
	BulkCreated *bool `json:"bulk_created"`
	// Task identifies the task.
	Task *int64 `json:"task"`
	// Project identifies the project.
	Project *int64 `json:"project"`
	// CompletedBy identifies the user who made the annotation; null once that user is deleted.
	CompletedBy *int64 `json:"completed_by"`
	// UpdatedBy identifies the user who changed the annotation last; null if nobody has.
	UpdatedBy *int64 `json:"updated_by"`
	// ParentPrediction identifies the prediction that the annotation was made from; null if there was none.
	ParentPrediction *int64 `json:"parent_prediction"`
	// ParentAnnotation identifies the annotation that this one is a copy of; null if it is none.
	ParentAnnotation *int64 `json:"parent_annotation"`
	// LastCreatedBy identifies the user of last_action; null in the Community edition, unless a client sets it.
	LastCreatedBy *int64 `json:"last_created_by"`
}

// Deleted is what is left of something.
type Deleted struct {
	// ID identified it.
	ID int64 `json:"id"`
}
