package main

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// change is one change that oasdiff found.
type change struct {
	Check     string `json:"check"`
	Level     string `json:"level"`
	Method    string `json:"method,omitempty"` // of the operation, if it is about one
	Path      string `json:"path,omitempty"`
	Text      string `json:"text"`
	Component string `json:"component,omitempty"`
}

func contracts(before, after string) ([]change, error) {
	one, err := read(before)
	if err != nil {
		return nil, err
	}
	two, err := read(after)
	if err != nil {
		return nil, err
	}
	config := diff.NewConfig(diff.WithExcludeElements([]string{
		diff.ExcludeDescriptionOption, diff.ExcludeExamplesOption, diff.ExcludeExtensionsOption,
		diff.ExcludeSummaryOption, diff.ExcludeTitleOption,
	}))
	differences, sources, err := diff.GetPathsDiff(config, []*load.SpecInfo{one}, []*load.SpecInfo{two})
	if err != nil {
		return nil, fmt.Errorf("comparing the contracts: %w", err)
	}
	found := checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), differences, sources, checker.INFO)
	english := checker.NewDefaultLocalizer()
	changes := make([]change, 0, len(found))
	for _, c := range found {
		changes = append(changes, change{
			Check: c.GetId(), Level: level(c.GetLevel()), Method: c.GetOperation(), Path: c.GetPath(),
			Text: c.GetUncolorizedText(english), Component: component(c),
		})
	}
	return changes, nil
}

func component(c checker.Change) string {
	if c, ok := c.(checker.ComponentChange); ok {
		return c.Component
	}
	return ""
}

func read(file string) (*load.SpecInfo, error) {
	loader := openapi3.NewLoader()
	return load.NewSpecInfo(loader, load.NewSource(file))
}

// check is a kind of change that oasdiff knows.
type check struct {
	ID    string `json:"id"`
	Level string `json:"level"` // unless oasdiff proves a change of this kind harmless
}

func checks() []check {
	var list []check
	for _, rule := range checker.GetAllRules() {
		list = append(list, check{rule.Id, level(rule.Level)})
	}
	return list
}

func level(l checker.Level) string {
	switch l {
	case checker.ERR:
		return "error"
	case checker.WARN:
		return "warning"
	default:
		return "info"
	}
}
