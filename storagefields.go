package labelstudio

import (
	"encoding/json"
	"strings"
)

// secretFields are the credentials that requests of storages have. No answer
// has any.
var secretFields = []string{
	"account_key", "account_name", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
	"google_application_credentials", "password",
}

// placeFields say which files a storage has, and what people call it.
var placeFields = []string{
	"bucket", "container", "db", "host", "path", "port", "prefix", "recursive_scan", "regex_filter", "s3_endpoint", "title",
}

// fieldsOf returns a storage, or a request for one, field by field.
func fieldsOf(v any) (map[string]json.RawMessage, error) {
	raw, err := Raw(v)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	return fields, json.Unmarshal(raw, &fields)
}

// samePlace says whether a request asks for a storage that is there.
func samePlace(request, storage map[string]json.RawMessage) bool {
	for _, name := range placeFields {
		if fieldText(request[name]) != fieldText(storage[name]) {
			return false
		}
	}
	return true
}

// fieldText makes no difference between what is absent, null, empty and false.
func fieldText(raw json.RawMessage) string {
	switch text := string(raw); text {
	case "null", `""`, "false":
		return ""
	default:
		return text
	}
}

// storageScrubber hides what a request for a storage holds of secrets, nil for
// one that is not known, and what is in URLs: the server quotes the address of
// an S3 server that it can't reach.
func storageScrubber(request map[string]json.RawMessage) scrubber {
	scrub := newScrubber(secretsOf(request))
	scrub.urls = true
	return scrub
}

// secretsOf returns the secrets of a request, whole and in the parts that a
// message may hold.
func secretsOf(request map[string]json.RawMessage) []string {
	var secrets []string
	add := func(secret string) {
		secrets = append(secrets, secret, strings.TrimSpace(secret))
	}
	for _, name := range secretFields {
		secret := jsonString(request[name])
		add(secret)
		var credentials map[string]json.RawMessage
		if json.Unmarshal([]byte(secret), &credentials) != nil {
			continue
		}
		for _, name := range []string{"private_key", "private_key_id", "client_secret", "refresh_token"} {
			part := jsonString(credentials[name])
			add(part)
			for line := range strings.Lines(part) {
				if !strings.HasPrefix(line, "-----") {
					add(line)
				}
			}
		}
	}
	return secrets
}
