package main

import (
	"regexp"
	"strings"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]string{
	"api": "API", "aws": "AWS", "csv": "CSV", "db": "DB", "fsm": "FSM", "gcs": "GCS", "html": "HTML", "http": "HTTP",
	"id": "ID", "ids": "IDs", "json": "JSON", "jwt": "JWT", "kms": "KMS", "ml": "ML", "s3": "S3", "sas": "SAS",
	"sse": "SSE", "ssl": "SSL", "ui": "UI", "uri": "URI", "url": "URL", "urls": "URLs", "uuid": "UUID",
}

var word = regexp.MustCompile(`[A-Z]+[0-9]*(?:[a-z][a-z0-9]*)?|[a-z][a-z0-9]*|[0-9]+`)

// goName turns a name of the contract ("annotations__completed_by") into an
// exported Go identifier ("AnnotationsCompletedBy").
func goName(name string) string {
	var out strings.Builder
	for _, w := range word.FindAllString(name, -1) {
		if known, ok := initialisms[strings.ToLower(w)]; ok {
			out.WriteString(known)
			continue
		}
		out.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return out.String()
}
