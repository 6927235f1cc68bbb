package server

import (
	"regexp"
	"strings"
)

// reasonError says in a program's own words why it failed, in place of its exit status.
type reasonError struct {
	reason string
	cause  error
}

func (e *reasonError) Error() string { return e.reason }

func (e *reasonError) Unwrap() error { return e.cause }

// because puts the reason, when there is one, in front of the cause.
func because(reason string, cause error) error {
	if reason == "" {
		return cause
	}
	return &reasonError{reason: reason, cause: cause}
}

// networkTrouble are words of pip's warnings about a package index that it does not reach.
var networkTrouble = regexp.MustCompile(`connection broken by|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|NameResolutionError|SSLError`)

// noVersion is pip's line about a version that it does not find; "none" are the versions when it found no package.
var noVersion = regexp.MustCompile(`(?m)^ERROR: Could not find a version that satisfies the requirement (\S+).*\(from versions: (.*)\)`)

// pipReason condenses what pip printed to the reason why it failed, in one line, or "" when it gives none. The version
// is the one of Label Studio that was asked for.
func pipReason(output, version string) string {
	if found := noVersion.FindStringSubmatch(output); found != nil {
		requirement, known := found[1], found[2]
		switch {
		case known == "none" && networkTrouble.MatchString(output):
			return "the package index cannot be reached: check the network and pip's settings"
		case requirement != "label-studio=="+version:
			return "the package index has no " + requirement + " for this Python and system"
		case ignoredVersion(output, version):
			return "Label Studio " + version + " needs another version of Python"
		default:
			return "there is no Label Studio " + version + " in the package index"
		}
	}
	if strings.Contains(output, "DO NOT MATCH THE HASHES") {
		return "a package is not the one that was locked: its hash differs"
	}
	return lastMeaningful(output, "ERROR: ", "error: ", "Error: ")
}

// ignoredVersion reports whether pip knows the version but passed it over as one for another Python.
func ignoredVersion(output, version string) bool {
	for line := range strings.Lines(output) {
		_, versions, found := strings.Cut(line, "require a different python version: ")
		if !found {
			continue
		}
		for candidate := range strings.SplitSeq(versions, ";") {
			if fields := strings.Fields(candidate); len(fields) > 0 && fields[0] == version {
				return true
			}
		}
	}
	return false
}

// lastMeaningful returns the last line that begins with one of the prefixes, without it, or else the last line that
// holds anything.
func lastMeaningful(output string, prefixes ...string) string {
	last := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		for _, prefix := range prefixes {
			if rest, found := strings.CutPrefix(line, prefix); found {
				last = rest
			}
		}
	}
	if last != "" {
		return last
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
