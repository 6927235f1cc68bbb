package result

import (
	"cmp"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// withLabels returns the config as it is for one task: with the labels that the
// task's data brings, where it is clear which these are.
func withLabels(config *labelconfig.Config, data map[string]any) *labelconfig.Config {
	own := *config
	own.Controls = slices.Clone(config.Controls)
	for i := range own.Controls {
		control := &own.Controls[i]
		if control.LabelsKey == "" {
			continue
		}
		if labels, paths, ok := labelsIn(at(data, control.LabelsKey), nil); ok {
			control.Labels = slices.Concat(control.Labels, labels)
			control.Paths = slices.Concat(control.Paths, paths)
			control.LabelsKey = "" // these are all
		}
	}
	return &own
}

// at returns what the data has at a key such as "shop.brands", nil if nothing.
func at(data map[string]any, key string) any {
	var value any = data
	for name := range strings.SplitSeq(key, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// labelsIn reads labels and those below them. ok is false if it is not clear
// what they are.
func labelsIn(value any, above []string) (labels []labelconfig.Label, paths [][]string, ok bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, nil, false
	}
	for _, item := range list {
		text, isText := item.(string)
		object, isObject := item.(map[string]any)
		if isObject {
			value, _ := object["value"].(string)
			alias, _ := object["alias"].(string)
			text = cmp.Or(alias, value)
		}
		if !isText && !isObject || text == "" {
			return nil, nil, false
		}
		path := append(slices.Clip(above), text)
		labels, paths = append(labels, labelconfig.Label{Value: text}), append(paths, path)
		if object["children"] != nil {
			more, below, ok := labelsIn(object["children"], path)
			if !ok {
				return nil, nil, false
			}
			labels, paths = append(labels, more...), append(paths, below...)
		}
	}
	return labels, paths, true
}
