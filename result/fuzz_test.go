package result_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/labelstudio-go/labelstudio/result"
)

// readers read the types that can be read whatever the object is.
var readers = map[string]func(*result.Result) error{
	"choices":         func(r *result.Result) error { return readChoices(r) },
	"taxonomy":        func(r *result.Result) error { _, err := r.Taxonomy(); return err },
	"textarea":        func(r *result.Result) error { _, err := r.TextArea(); return err },
	"rating":          func(r *result.Result) error { _, err := r.Rating(); return err },
	"number":          func(r *result.Result) error { _, err := r.Number(); return err },
	"datetime":        func(r *result.Result) error { _, err := r.DateTime(); return err },
	"pairwise":        func(r *result.Result) error { _, err := r.Pairwise(); return err },
	"ranker":          func(r *result.Result) error { _, err := r.Ranker(); return err },
	"hypertextlabels": func(r *result.Result) error { _, err := r.Fragment(); return err },
	"paragraphlabels": func(r *result.Result) error { _, err := r.Fragment(); return err },
	"rectangle":       func(r *result.Result) error { _, err := r.Box(); return err },
	"rectanglelabels": func(r *result.Result) error { _, err := r.Box(); return err },
	"ellipse":         func(r *result.Result) error { _, err := r.Ellipse(); return err },
	"ellipselabels":   func(r *result.Result) error { _, err := r.Ellipse(); return err },
	"polygon":         func(r *result.Result) error { _, err := r.Polygon(); return err },
	"polygonlabels":   func(r *result.Result) error { _, err := r.Polygon(); return err },
}

func readChoices(r *result.Result) error {
	if r.FromName == "nested" {
		_, err := r.Taxonomy()
		return err
	}
	_, err := r.Choices()
	return err
}

// What a check lets pass can be read, and what can't be read is told as such.
func FuzzCheck(f *testing.F) {
	raw, err := os.ReadFile("testdata/checks.json")
	if err != nil {
		f.Fatal(err)
	}
	var checks []struct{ Result json.RawMessage }
	if err := json.Unmarshal(raw, &checks); err != nil {
		f.Fatal(err)
	}
	for _, check := range checks {
		f.Add([]byte(check.Result))
	}
	config := parseConfig(f, everything(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		checked := result.CheckAnnotation(config, raw)
		if checked != nil && len(result.Problems(checked)) == 0 {
			t.Fatalf("%v has no problems", checked)
		}
		results, err := result.Parse(raw)
		if err != nil {
			if checked == nil || !errors.Is(err, result.ErrInvalid) {
				t.Fatalf("%v was checked as %v", err, checked)
			}
			return
		}
		for i := range results {
			read, known := readers[results[i].Type]
			if !known {
				continue
			}
			err := read(&results[i])
			if err != nil && !errors.Is(err, result.ErrInvalid) && !errors.Is(err, result.ErrKind) {
				t.Fatalf("%s: %v is neither ErrInvalid nor ErrKind", raw, err)
			}
			if err != nil && checked == nil {
				t.Fatalf("%s: checked without a problem: %v", raw, err)
			}
		}
	})
}
