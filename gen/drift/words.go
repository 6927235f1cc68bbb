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
	{regexp.MustCompile(" for (?:the )?status `2\\d\\d`"), ""},
	// An element of a list is what a method returns or an iterator yields.
	{regexp.MustCompile("`(?:results/)?items/"), "`"},
	// What is said.
	{regexp.MustCompile("^the (`[^`]*`) response's property `type` changed from (`[^`]*`) to (`[^`]*`)"), "answer: the type of $1 is $3, was $2"},
	{regexp.MustCompile("^the (`[^`]*`) response's property `type` was narrowed from (`[^`]*`) to (`[^`]*`)"), "answer: the type of $1 is $3, was $2"},
	{regexp.MustCompile("^the (`[^`]*`) request property `type` changed from (`[^`]*`) to (`[^`]*`)"), "request: the type of $1 is $3, was $2"},
	{regexp.MustCompile("^the response property (`[^`]*`) became nullable"), "answer: $1 may be null"},
	{regexp.MustCompile("^the response property (`[^`]*`) became optional"), "answer: $1 may be missing"},
	{regexp.MustCompile("^the response property (`[^`]*`) became required"), "answer: $1 is always there"},
	{regexp.MustCompile("^the request property (`[^`]*`) became required"), "request: $1 must be sent"},
	{regexp.MustCompile("^the request property (`[^`]*`) became not nullable"), "request: $1 must not be null"},
	{regexp.MustCompile("^added the (?:required|optional) property (`[^`]*`) of the answer"), "answer: $1 is new"},
	{regexp.MustCompile("^removed the (?:required|optional) property (`[^`]*`) of the answer"), "answer: $1 is gone"},
	{regexp.MustCompile("^added the new optional request property (`[^`]*`)"), "request: $1 is new, and may be sent"},
	{regexp.MustCompile("^added the new required request property (`[^`]*`)"), "request: $1 is new, and must be sent"},
	{regexp.MustCompile("^removed the request property (`[^`]*`)"), "request: $1 is gone"},
	{regexp.MustCompile("^the response (?:optional|required) property (`[^`]*`) became read-only"), "answer: $1 is read-only"},
	{regexp.MustCompile("^response property (`[^`]*`) deprecated"), "answer: $1 is deprecated"},
	{regexp.MustCompile("^request property (`[^`]*`) deprecated"), "request: $1 is deprecated"},
	{regexp.MustCompile("^endpoint deprecated"), "deprecated"},
	{regexp.MustCompile("^added the new optional (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is new, and may be sent"},
	{regexp.MustCompile("^added the new required (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is new, and must be sent"},
	{regexp.MustCompile("^deleted the (`[^`]*`) request parameter (`[^`]*`)"), "$1 parameter $2 is gone"},
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
