package drift

import (
	"regexp"
	"strings"
)

// phrases are what oasdiff says about the commonest changes, and how it is said
// to somebody who calls the client.
var phrases = []struct {
	from *regexp.Regexp
	to   string
}{
	// Where it is said: forms are twins of JSON, and methods know their success.
	{regexp.MustCompile(` \(media type: (?:application/json|application/x-www-form-urlencoded|multipart/form-data)\)`), ""},
	{regexp.MustCompile(" to the response with the `2\\d\\d` status| from the response with the `2\\d\\d` status"), " of the answer"},
	{regexp.MustCompile(" for (?:the )?(?:response )?status `2\\d\\d`"), ""},
	// An element of a list is what a method returns or an iterator yields.
	{regexp.MustCompile("`(?:results/)?items/"), "`"},
	// What is said.
	{regexp.MustCompile("^the (`[^`]*`) response's property `(type|format)` (?:changed|was narrowed) from (`[^`]*`) to (`[^`]*`)"), "answer: the $2 of $1 is $4, was $3"},
	{regexp.MustCompile("^the (`[^`]*`) request property `(type|format)` (?:changed|was narrowed|was generalized|was widened) from (`[^`]*`) to (`[^`]*`)"), "request: the $2 of $1 is $4, was $3"},
	{regexp.MustCompile("^for the (`[^`]*`) request parameter (`[^`]*`), the `(type|format)` was (?:changed|generalized|widened) from (`[^`]*`) to (`[^`]*`)"), "$1 parameter: the $3 of $2 is $5, was $4"},
	{regexp.MustCompile("^for the (`[^`]*`) request parameter (`[^`]*`), the (\\w+) was (\\w+)"), "$1 parameter: the $3 of $2 was $4"},
	{regexp.MustCompile("^the (`[^`]*`) request property's (\\w+) was"), "request: the $2 of $1 was"},
	{regexp.MustCompile("^the (`[^`]*`) response property's (\\w+) was"), "answer: the $2 of $1 was"},
	{regexp.MustCompile("^the response property (`[^`]*`) became nullable"), "answer: $1 may be null"},
	{regexp.MustCompile("^the response property (`[^`]*`) became not nullable"), "answer: $1 is never null"},
	{regexp.MustCompile("^the response property (`[^`]*`) became optional"), "answer: $1 may be missing"},
	{regexp.MustCompile("^the response property (`[^`]*`) became required"), "answer: $1 is always there"},
	{regexp.MustCompile("^the request property (`[^`]*`) became required"), "request: $1 must be sent"},
	{regexp.MustCompile("^the request property (`[^`]*`) became optional"), "request: $1 may be left out"},
	{regexp.MustCompile("^the request property (`[^`]*`) became not nullable"), "request: $1 must not be null"},
	{regexp.MustCompile("^the request property (`[^`]*`) became nullable"), "request: $1 may be null"},
	{regexp.MustCompile("^added the (?:required|optional) property (`[^`]*`) of the answer"), "answer: $1 is new"},
	{regexp.MustCompile("^removed the (?:required|optional) property (`[^`]*`) of the answer"), "answer: $1 is gone"},
	{regexp.MustCompile("^added the new optional request property (`[^`]*`)"), "request: $1 is new, and may be sent"},
	{regexp.MustCompile("^added the new required request property (`[^`]*`)"), "request: $1 is new, and must be sent"},
	{regexp.MustCompile("^removed the request property (`[^`]*`)"), "request: $1 is gone"},
	{regexp.MustCompile("^the response (?:optional|required) property (`[^`]*`) became read-only"), "answer: $1 is read-only"},
	{regexp.MustCompile("^response property (`[^`]*`) deprecated"), "answer: $1 is deprecated"},
	{regexp.MustCompile("^request property (`[^`]*`) deprecated"), "request: $1 is deprecated"},
	{regexp.MustCompile("^endpoint deprecated"), "deprecated"},
	{regexp.MustCompile("^the (`[^`]*`) response's property default value (`[^`]*`) was removed"), "answer: the default of $1 was $2, and is gone"},
	{regexp.MustCompile("^added the new (`[^`]*`) enum value to the request property (`[^`]*`)"), "request: $2 may be $1"},
	{regexp.MustCompile("^removed the enum value (`[^`]*`) of the request property (`[^`]*`)"), "request: $2 must not be $1"},
	{regexp.MustCompile("^added the new (`[^`]*`) enum value to the (`[^`]*`) response property"), "answer: $2 may be $1"},
	{regexp.MustCompile("^removed the (`[^`]*`) enum value from the (`[^`]*`) response property"), "answer: $2 is never $1"},
	{regexp.MustCompile("^request property (`[^`]*`) was restricted to a list of enum values"), "request: $1 takes certain values only"},
	{regexp.MustCompile("^removed the enum constraint from the (`[^`]*`) response property"), "answer: $1 may be anything, not certain values only"},
	{regexp.MustCompile("^added the new optional (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is new, and may be sent"},
	{regexp.MustCompile("^added the new required (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is new, and must be sent"},
	{regexp.MustCompile("^deleted the (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is gone"},
	{regexp.MustCompile("^the (`[^`]*`) request parameter (`[^`]*`) became required"), "$1 parameter $2 must be sent"},
	{regexp.MustCompile("^request body became required"), "a body must be sent"},
	{regexp.MustCompile("^added (?:optional )?request body"), "a body may be sent"},
	{regexp.MustCompile("^added the (?:non-)?success response with the status (`[^`]*`)"), "may answer with $1"},
	{regexp.MustCompile("^removed the (?:non-)?success response with the status (`[^`]*`)"), "never answers with $1"},
	{regexp.MustCompile("^added the media type (`[^`]*`) to the request body"), "takes a body of $1"},
	{regexp.MustCompile("^removed the media type (`[^`]*`) from the request body"), "takes no body of $1"},
	{regexp.MustCompile("^added the media type (`[^`]*`) for the response with the status (`[^`]*`)"), "answers $2 with $1"},
	{regexp.MustCompile("^removed the media type (`[^`]*`) for the response with the status (`[^`]*`)"), "no longer answers $2 with $1"},
	{regexp.MustCompile("`(query|path|header|cookie)` parameter"), "$1 parameter"},
}

// words says what was found in words for a user of the client. What they have
// no phrase for, they say as oasdiff does.
func words(f finding) string {
	text := f.Text
	for _, phrase := range phrases {
		text = phrase.from.ReplaceAllString(text, phrase.to)
	}
	if f.Component != "" {
		text = f.Component + ": " + text
	}
	return strings.TrimSpace(text)
}
