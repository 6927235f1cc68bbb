package filter_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/labelstudio-go/labelstudio/filter"
	"github.com/labelstudio-go/labelstudio/generated"
)

func Example() {
	may := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	open := filter.And(
		filter.TotalAnnotations.Equal(0),
		filter.CreatedAt.Less(may),
		filter.Data("text").Contains("refund"),
		filter.Data("price").Number().Between(1, 5),
		filter.Data("meta", "lang").In("de", "fr"),
	)
	for _, item := range open.Items {
		fmt.Println(item.Filter, item.Operator, string(item.Value))
	}
	// Output:
	// filter:tasks:total_annotations equal 0
	// filter:tasks:created_at less "2026-05-01T00:00:00.000000Z"
	// filter:tasks:data.text contains "refund"
	// filter:tasks:data.price in {"min":1,"max":5}
	// filter:tasks:data.meta__lang in_list ["de","fr"]
}

// The columns are what client.DataManager.Columns returns; the client checks by
// itself where it takes filters.
func ExampleCheck() {
	columns := &generated.Columns{Columns: []generated.Column{
		{ID: "text", Type: "String", Parent: new("data")}, {ID: "id", Type: "Number"},
	}}
	byHand := &generated.Filters{Conjunction: generated.ConjunctionAnd, Items: []generated.FilterItem{
		{Filter: "filter:tasks:id", Operator: "exists", Type: generated.FilterTypeNumber, Value: json.RawMessage("1")},
	}}
	fmt.Println(filter.Check(byHand, columns))

	err := filter.Check(filter.And(filter.Data("txet").Contains("refund")), columns)
	var fault *filter.Error
	if errors.As(err, &fault) {
		fmt.Println(fault.Path, fault.Valid)
	}
	// Output:
	// invalid filter: items[0].operator: "exists" is no operator: the server would take it for equal: there is equal, not_equal, less, greater, less_or_equal, greater_or_equal, in, not_in, in_list, not_in_list, empty
	// items[0].filter [data.text]
}

// The server can't nest filters, but a pair fits into an Or.
func ExampleCondition_With() {
	filters := filter.Or(
		filter.TotalPredictions.Equal(0),
		filter.PredictionScore.Less(0.5).With(filter.TotalAnnotations.Equal(0)),
	)
	pair := filters.Items[1]
	fmt.Println(pair.Filter, pair.Operator, string(pair.Value))
	fmt.Println(pair.ChildFilter.Filter, pair.ChildFilter.Operator, string(pair.ChildFilter.Value))
	// Output:
	// filter:tasks:predictions_score less 0.5
	// filter:tasks:total_annotations equal 0
}

// Columns of Label Studio Enterprise are there by name.
func ExampleColumn() {
	filters := filter.And(filter.Column("agreement").Number().Less(50), filter.Column("reviewed").Bool().Equal(false))
	fmt.Println(len(filters.Items), filter.ByDescending(filter.Column("agreement")))
	// Output: 2 [-tasks:agreement]
}
