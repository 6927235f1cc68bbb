package filter

import (
	"encoding/json"
	"slices"

	"github.com/labelstudio-go/labelstudio/generated"
)

// rule is what the server honours for a kind of column.
type rule struct {
	types     []generated.FilterType
	operators []generated.FilterOperator
	// read returns why a value can't be compared with, or nothing.
	read  func(operator generated.FilterOperator, value json.RawMessage) string
	users bool // the values are ids of users
}

var (
	compare = []generated.FilterOperator{
		generated.FilterOperatorEqual, generated.FilterOperatorNotEqual,
		generated.FilterOperatorLess, generated.FilterOperatorGreater,
		generated.FilterOperatorLessOrEqual, generated.FilterOperatorGreaterOrEqual,
		generated.FilterOperatorBetween, generated.FilterOperatorNotBetween,
		generated.FilterOperatorInList, generated.FilterOperatorNotInList,
	}
	equality  = compare[:2:2]
	lists     = compare[8:10:10]
	contains  = []generated.FilterOperator{generated.FilterOperatorContains, generated.FilterOperatorNotContains}
	regex     = []generated.FilterOperator{generated.FilterOperatorRegex}
	empty     = []generated.FilterOperator{generated.FilterOperatorEmpty}
	operators = slices.Concat(compare, contains, regex, empty)
)

// typeTime is how the data manager's pages send average lead times.
const typeTime generated.FilterType = "Time"

var (
	numberTypes = []generated.FilterType{generated.FilterTypeNumber, typeTime}
	textTypes   = []generated.FilterType{generated.FilterTypeString, generated.FilterTypeUnknown}
	listTypes   = []generated.FilterType{generated.FilterTypeList}
)

var (
	numbers  = rule{types: numberTypes, operators: slices.Concat(compare, empty), read: readNumbers}
	integers = rule{types: numberTypes[:1:1], operators: numbers.operators, read: readIntegers}
	times    = rule{types: []generated.FilterType{generated.FilterTypeDatetime}, operators: numbers.operators, read: readTimes}
	bools    = rule{types: []generated.FilterType{generated.FilterTypeBoolean}, operators: equality, read: readBools}
	plain    = rule{types: textTypes, operators: operators, read: readTexts}
	people   = rule{types: listTypes, operators: slices.Concat(contains, empty), read: readUsers, users: true}
	// models compares a text letter by letter, so a list is needed.
	models = rule{types: append(listTypes[:1:1], textTypes...), operators: people.operators, read: readVersions}
	// anyList is for lists that this package doesn't know.
	anyList = rule{types: listTypes, operators: slices.Concat(equality, lists, contains, empty), read: readAnything}
	results = rule{types: textTypes, operators: slices.Concat(equality, contains), read: readResults}
)

// known are the rules of the columns that every project has, where they don't
// follow from the type that the server gives the column.
var known = map[string]rule{
	"id":                         integers,
	"inner_id":                   integers,
	"total_annotations":          integers,
	"cancelled_annotations":      integers,
	"total_predictions":          integers,
	"annotators":                 people,
	"updated_by":                 people,
	"predictions_model_versions": models,
	"annotations_ids":            {types: textTypes, operators: slices.Concat(equality, lists, contains, empty), read: readIDs},
	"annotations_results":        {types: textTypes, operators: slices.Concat(results.operators, empty), read: readResults},
	"predictions_results":        results, // the server would look for empty annotations
	"storage_filename":           {types: textTypes, operators: slices.Concat(contains, regex), read: readTexts},
}

func ruleOf(column generated.Column) rule {
	if r, ok := known[column.ID]; ok {
		return r
	}
	switch column.Type {
	case string(generated.FilterTypeNumber), string(typeTime):
		return numbers
	case string(generated.FilterTypeDatetime):
		return times
	case string(generated.FilterTypeBoolean):
		return bools
	case string(generated.FilterTypeList):
		return anyList
	}
	return plain
}

// dataTypes are those that a field of the data can be read as. Datetime is not
// among them: the server answers 500. The last are for what the label config
// shows, and as good as String but for empty, which looks for missing keys.
var dataTypes = []generated.FilterType{
	generated.FilterTypeString, generated.FilterTypeUnknown, generated.FilterTypeNumber, generated.FilterTypeBoolean,
	generated.FilterTypeList, "Image", "Audio", "AudioPlus", "Video",
}

var dataRules = func() map[generated.FilterType]rule {
	rules := make(map[generated.FilterType]rule)
	for _, t := range dataTypes {
		rules[t] = plain
	}
	rules[generated.FilterTypeNumber] = numbers
	rules[generated.FilterTypeBoolean] = rule{operators: slices.Concat(equality, empty), read: readBools}
	rules[generated.FilterTypeList] = rule{operators: empty, read: readTexts}
	return rules
}()
