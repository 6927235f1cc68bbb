package labelstudiotest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// keepsLabels refuses a label config that lacks controls which annotations or
// drafts of a project have used, or, if it is strict, labels.
func (s *Server) keepsLabels(p *project, c *labelconfig.Config, strict bool) error {
	known := func(control labelconfig.Control, label string) bool {
		return slices.ContainsFunc(control.Labels, func(l labelconfig.Label) bool { return l.Value == label })
	}
	videos := slices.ContainsFunc(c.Controls, func(control labelconfig.Control) bool { return control.Tag == "VideoRectangle" })
	for _, of := range s.usedLabels(p) {
		control, ok := c.Control(of.control)
		switch {
		case !ok:
			return fmt.Errorf("There are %d annotation(s) created with tag \"%s\", you can't remove it", of.sum(), of.control) //nolint:staticcheck // in the server's words
		case !strict, control.LabelsKey != "" || control.Attrs["apiUrl"] != "": // the labels are the tasks'
			continue
		}
		var lost []string
		for _, label := range of.labels {
			anywhere := func(other labelconfig.Control) bool { return known(other, label.text) } // those of videos are another control's
			if !known(*control, label.text) && (!videos || !slices.ContainsFunc(c.Controls, anywhere)) {
				lost = append(lost, label.String())
			}
		}
		if len(lost) > 0 {
			return fmt.Errorf("These labels still exist in annotations or drafts:\n%s\nPlease add labels to tag with name=\"%s\".", //nolint:staticcheck // in the server's words
				strings.Join(lost, "\n"), of.control)
		}
	}
	return nil
}

type (
	// usedLabel is a label with how many regions have it.
	usedLabel struct {
		text                string
		annotations, drafts int
	}
	usedLabels struct {
		control string
		labels  []usedLabel
	}
)

func (l usedLabel) String() string {
	var counts []string
	for _, n := range []struct {
		count int
		of    string
	}{{l.annotations, "annotation"}, {l.drafts, "draft"}} {
		if n.count > 1 {
			n.of += "s"
		}
		if n.count > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n.count, n.of))
		}
	}
	return l.text + " (" + strings.Join(counts, ", ") + ")"
}

func (u usedLabels) sum() (n int) {
	for _, label := range u.labels {
		n += label.annotations + label.drafts
	}
	return n
}

// usedLabels are the labels of a project's annotations and drafts by their controls.
func (s *Server) usedLabels(p *project) []usedLabels {
	var used []usedLabels
	add := func(result any, drafted bool) {
		for _, r := range regionsOf(result) {
			for _, text := range labelsOf(r) {
				name := r.text("from_name")
				at := slices.IndexFunc(used, func(u usedLabels) bool { return u.control == name })
				if at < 0 {
					at = len(used)
					used = append(used, usedLabels{control: name})
				}
				i := slices.IndexFunc(used[at].labels, func(l usedLabel) bool { return l.text == text })
				if i < 0 {
					i = len(used[at].labels)
					used[at].labels = append(used[at].labels, usedLabel{text: text})
				}
				if drafted {
					used[at].labels[i].drafts++
				} else {
					used[at].labels[i].annotations++
				}
			}
		}
	}
	for _, t := range s.state.tasks.belonging(p.id) {
		for _, a := range s.annotationsOf(t) {
			if a.updatedBy != 0 { // else it was imported and nobody has saved it since
				add(a.result, false)
			}
		}
		for _, d := range s.state.drafts.belonging(t.id) {
			add(d.result, true)
		}
	}
	return used
}

// labelsOf are the labels of a region.
func labelsOf(r object) (labels []string) {
	kind := r.text("type")
	if r.text("from_name") == "" || kind == "relation" || kind == "pairwise" || kind == "text" {
		return nil
	}
	if kind == "videorectangle" {
		kind = "labels"
	}
	value, _ := r.get("value")
	of, _ := value.(object)
	given, _ := of.get(kind)
	list, _ := given.([]any)
	for _, item := range list {
		if path, ok := item.([]any); ok && kind == "taxonomy" {
			for _, label := range path {
				labels = append(labels, plainText(label))
			}
			continue
		}
		labels = append(labels, plainText(item))
	}
	return labels
}
