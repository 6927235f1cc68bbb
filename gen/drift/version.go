package drift

// Version says what the drift makes of the version of the module.
type Version struct {
	Next string `json:"next"` // major, minor, patch or none; unknown if there is no Go to compare
	Rule string `json:"rule"`
}

// nextVersion follows docs/versioning.md.
func nextVersion(r *Report) Version {
	switch {
	case !r.Go.Compared:
		return Version{"unknown", "the Go API could not be compared: mend the overlays first"}
	case r.Go.count(false) > 0, len(r.Go.BrokenAfter) > 0:
		return Version{"major", "a program that uses what has changed or gone in Go no longer compiles; before version 1 that raises the minor version"}
	case len(r.Go.Changes) > 0:
		return Version{"minor", "something comes to the Go API, and nothing goes"}
	case r.Effective.Class != None:
		return Version{"minor", "the Go API stays, but other things are sent or understood"}
	case r.Effective.Words:
		return Version{"patch", "only comments change"}
	default:
		return Version{"none", "nothing that a caller sees is different"}
	}
}
