package result

import "slices"

// Region is a part of a task's data that was marked, with all that is said of
// it.
type Region struct {
	ID      string
	Shape   Result   // draws it: read it with [Result.Box], [Result.Span] and so on
	Labels  []string // of all its results
	Answers []Result // of controls that ask about each region (perRegion)
}

// Regions puts results together that share an ID, in the order in which the
// IDs come first. Answers about the whole task are no regions, nor are
// relations.
func Regions(results []Result) []Region {
	var regions []Region
	for i := range results {
		r := &results[i]
		if r.Type == relation || r.isAnswer() {
			continue
		}
		at := slices.IndexFunc(regions, func(region Region) bool { return region.ID == r.ID })
		if r.ID == "" || at < 0 {
			regions, at = append(regions, Region{ID: r.ID, Shape: *r}), len(regions)
		} else if regions[at].Shape.Type == "labels" {
			regions[at].Shape = *r // the labels came before what they label
		}
		labels, err := r.Labels()
		if err == nil {
			regions[at].Labels = append(regions[at].Labels, labels...)
		}
	}
	for i := range results {
		if r := &results[i]; r.isAnswer() && r.ID != "" {
			if at := slices.IndexFunc(regions, func(region Region) bool { return region.ID == r.ID }); at >= 0 {
				regions[at].Answers = append(regions[at].Answers, *r)
			}
		}
	}
	return regions
}
