package labelstudio

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"
)

// secretFields are the credentials that requests have: of storages, of which no
// answer has any, and of ML backends, projects and tokens.
var secretFields = []string{
	"account_key", "account_name", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
	"google_application_credentials", "password", "basic_auth_pass", "task_data_password", "refresh",
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

// samePlace says whether a request asks for a storage that is there. place is
// of the kind of storage, see [StorageSetUp].
func samePlace(request, storage map[string]json.RawMessage, place func(string, json.RawMessage) string) bool {
	for _, name := range placeFields {
		if place(name, request[name]) != place(name, storage[name]) {
			return false
		}
	}
	return true
}

// fieldPlace is for kinds without any surprise.
func fieldPlace(_ string, raw json.RawMessage) string { return fieldText(raw) }

// fieldText makes no difference between what is absent, null, empty and false,
// nor by the space around a text, which the server takes away.
func fieldText(raw json.RawMessage) string {
	if len(raw) > 0 && raw[0] == '"' {
		return strings.TrimFunc(jsonString(raw), pythonSpace)
	}
	switch text := string(raw); text {
	case "null", "false":
		return ""
	default:
		return text
	}
}

// pythonSpace says what Python strips off a text, some of which Go keeps.
func pythonSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }

// prefixPlace is for imports from clouds: the server reads a prefix as a folder,
// whether or not a slash is at its end.
func prefixPlace(name string, raw json.RawMessage) string {
	text := fieldText(raw)
	if name == "prefix" && text != "" {
		return strings.TrimRight(text, "/") + "/"
	}
	return text
}

// folderPlace is for the server's own files: it stores a path without a slash
// at its end, without dots and with slashes only.
func folderPlace(name string, raw json.RawMessage) string {
	text := fieldText(raw)
	if name == "path" && text != "" {
		return path.Clean(strings.ReplaceAll(text, `\`, "/"))
	}
	return text
}

// redisPlace is for Redis: the server has a database for requests without one.
func redisPlace(db string) func(string, json.RawMessage) string {
	defaults := map[string]string{"db": db, "host": "localhost", "port": "6379"}
	return func(name string, raw json.RawMessage) string {
		return cmp.Or(fieldText(raw), defaults[name])
	}
}

// redisImportPlace knows that the server takes the keys that begin with None
// when there is no path, and all when that is empty.
func redisImportPlace(name string, raw json.RawMessage) string {
	if name == "path" && (raw == nil || string(raw) == "null") {
		return "None"
	}
	return redisPlace("1")(name, raw)
}

// maxSecretBody is more than a request has that sets credentials, in bytes.
const maxSecretBody = 64 << 10

// secretsKey is for the secrets that the server knows from a request before.
type secretsKey struct{}

func withSecrets(ctx context.Context, secrets []string) context.Context {
	if ctx == nil {
		return nil // which the first request tells
	}
	return context.WithValue(ctx, secretsKey{}, secrets)
}

// requestSecrets returns what the server may repeat of secrets when it answers a
// request: those of its context, and those in its body if that is a JSON object of
// no great size.
func requestSecrets(req *http.Request) []string {
	earlier, _ := req.Context().Value(secretsKey{}).([]string)
	return append(bodySecrets(req), earlier...)
}

func bodySecrets(req *http.Request) []string {
	if req.GetBody == nil || req.ContentLength > maxSecretBody || req.Header.Get("Content-Type") != "application/json" {
		return nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil
	}
	defer func() { _ = body.Close() }() // of bytes
	text, err := io.ReadAll(io.LimitReader(body, maxSecretBody))
	var fields map[string]json.RawMessage
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) || json.Unmarshal(text, &fields) != nil {
		return nil
	}
	return secretsOf(fields)
}

// secretsOf returns the secrets of a request, whole and in the parts that a
// message may hold.
func secretsOf(request map[string]json.RawMessage) []string {
	var secrets []string
	add := func(secret string) {
		if secret != "" {
			secrets = append(secrets, secret, strings.TrimSpace(secret))
		}
	}
	var headers map[string]string // of a webhook
	_ = json.Unmarshal(request["headers"], &headers)
	for _, value := range headers {
		add(value)
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
