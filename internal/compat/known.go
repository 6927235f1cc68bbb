package compat

// Known is what is known to differ, by group.
var Known = []Difference{
	{
		Before: "1.22.0", Group: "Projects",
		Text:     "there is no Annotators, it is a 404",
		Failures: []Failure{{"TestProjectsAnnotators", "/annotators/: 404 Not Found"}},
	},
	{
		Before: "1.23.0", Group: "Projects",
		Text: "annotator_evaluation_enabled is not kept, and answers don't have it: AnnotatorEvaluationEnabled is false or nil",
		Failures: []Failure{
			{"TestProjectProperties", "created full: annotator_evaluation_enabled: sent true, got false"},
			{"TestProjectProperties", "listed full: annotator_evaluation_enabled: sent true, got "},
			{"TestProjectProperties", "updated: annotator_evaluation_enabled: sent true, got false"},
		},
	},
	{
		Before: "1.23.0", Group: "Tasks",
		Text: "there is no Agreement, it is a 404",
		Failures: []Failure{
			{"TestTaskAgreement", "/agreement/: 404 Not Found"},
			{"TestTaskErrors", "agreement: none: got 404"},
		},
	},
	{
		Before: "1.23.0", Group: "Tasks",
		Text:     "a query parameter of Get that should be a boolean and is none is ignored; it is a 400 later",
		Failures: []Failure{{"TestTaskErrors", "get: no boolean: no error"}},
	},
	{
		Before: "1.23.0", Group: "Tasks",
		Text: "Include and Omit of List choose properties of tasks only, and not those of the annotations in them",
		Failures: []Failure{
			{"TestTasksListChoosesProperties", "ids: has iaIR, want iaI"},
			{"TestTasksListChoosesProperties", "no ids: has daIR, want daR"},
			{"TestTasksListChoosesProperties", "left out: has acIR, want acR"},
		},
	},
}
