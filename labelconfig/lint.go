package labelconfig

import (
	"fmt"
	"slices"
	"strings"
)

// Warning is something that the server takes and that is hardly meant so.
type Warning struct {
	Line   int    // from 1
	Column int    // in characters, from 1
	Path   string // of the tag, such as View/Choices[2]
	Reason string
}

func (w Warning) String() string {
	return fmt.Sprintf("line %d, column %d: %s: %s", w.Line, w.Column, w.Path, w.Reason)
}

// Lint says what the server doesn't check, in the order of the XML, twenty
// warnings at most:
//
//   - a tag that the editor doesn't know, such as <Choises>
//   - a control that labels what is no object
//   - a Label or Choice without a value, which is skipped
//
// It fails only for what is no XML.
func Lint(config string) ([]Warning, error) {
	doc, err := read(config)
	if err != nil {
		return nil, err
	}
	objects := map[string]bool{}
	doc.root.all(func(n *node) { objects[n.attr("name")] = isObject(n) || isOwnObject(n) })
	var warnings []Warning
	doc.root.all(func(n *node) {
		for _, reason := range lint(n, objects) {
			if len(warnings) == maxProblems {
				return
			}
			at := doc.problem(KindTag, n.offset, reason)
			warnings = append(warnings, Warning{at.Line, at.Column, n.path(), at.Reason})
		}
	})
	return warnings, nil
}

// editorTags are the tags of the editor of Label Studio 1.23.2, and of results
// that the server knows besides.
var editorTags = strings.Fields(`
	audio audioplus bitmask bitmasklabels brush brushlabels bucket channel chat chatmessage choice choices
	collapse custominterface datetime dialog ellipse ellipselabels filter header hypertext hypertextlabels
	image keypoint keypointlabels label labels list magicwand markdown multichannel number ocrlabels
	pagedview pairwise panel paragraphlabels paragraphs pdf polygon polygonlabels ranker rating reactcode
	rectangle rectanglelabels relation relations repeater shortcut style table taxonomy text textarea
	timelinelabels timeseries timeserieslabels vector vectorlabels video videorectangle videovector
	videovectorlabels view`)

func lint(n *node, objects map[string]bool) (reasons []string) {
	if !slices.Contains(editorTags, strings.ToLower(n.tag)) {
		reasons = append(reasons, "the editor knows no such tag")
	}
	if (n.tag == "Label" || n.tag == "Choice") && n.attr("value") == "" && n.attr("alias") == "" {
		reasons = append(reasons, "it has no value and is skipped")
	}
	if !isControl(n) {
		return reasons
	}
	for name := range strings.SplitSeq(n.attr("toName"), ",") {
		if !objects[name] {
			reasons = append(reasons, fmt.Sprintf("toName names %q, which is no object with a value", name))
		}
	}
	return reasons
}

// isOwnObject reports whether a tag is the object of its own results.
func isOwnObject(n *node) bool {
	tag := strings.ToLower(n.tag)
	return n.attr("name") != "" && (tag == "chat" || tag == "reactcode")
}
