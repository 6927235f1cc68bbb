package labelstudiotest

import (
	"bytes"
	"cmp"
	"context"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Request is one that the server got.
type Request struct {
	// Operation is the contract's name of what was asked for, such as
	// "Tasks.List". A route of the real server's API that the contract leaves out
	// has its method and path for a name, such as "PUT /api/tasks/{id}/". It is ""
	// for anything else.
	Operation string
	Method    string
	Path      string // escaped, as sent
	Query     url.Values
	Header    http.Header // with the credentials
	Body      []byte
	// Status is that of the answer.
	Status int
	Time   time.Time
}

// call is a request while it is answered.
type call struct {
	*Request
	params []string // of the path
	user   *user    // who asks, nil for nobody
	bearer bool     // by an access token
	host   string
	ctx    context.Context // of the request: ends when the client has gone
}

// id returns the number at a place of the path. One that no id can have finds
// nothing.
func (c *call) id(place int) int64 {
	n, err := strconv.ParseInt(c.params[place], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// accepts says whether the client takes an answer of a type.
func (c *call) accepts(kind string) bool {
	values := c.Header.Values("Accept")
	if len(values) == 0 {
		return true
	}
	group, _, _ := strings.Cut(kind, "/")
	for accepted := range strings.SplitSeq(strings.Join(values, ","), ",") {
		accepted, _, _ = strings.Cut(accepted, ";")
		switch strings.TrimSpace(accepted) {
		case kind, group + "/*", "*/*":
			return true
		}
	}
	return false
}

// allowed refuses who has left the organization.
func (c *call) allowed() error {
	if c.user != nil && !c.user.organization {
		return fail(403, forbidden)
	}
	return nil
}

// json reads the body. A form is read as an object of strings, and no body is
// an empty object.
func (c *call) json() (any, error) {
	kind := c.Header.Get("Content-Type")
	if len(c.Body) == 0 {
		return object{}, nil
	}
	if c.isForm() {
		return c.form()
	}
	if !strings.HasPrefix(kind, "application/json") {
		return nil, failf(415, "Unsupported media type %q in request.", cmp.Or(kind, "text/plain"))
	}
	if loneSurrogate.Match(surrogatePair.ReplaceAll(c.Body, nil)) {
		return nil, errNoText
	}
	value, err := decode(c.Body)
	if err != nil {
		return nil, failf(400, "JSON parse error - %v", err)
	}
	return value, nil
}

// Half a character is nothing that the server can answer with or keep.
var (
	surrogatePair = regexp.MustCompile(`(?i)\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}`)
	loneSurrogate = regexp.MustCompile(`(?i)\\ud[89a-f][0-9a-f]{2}`)
	errNoText     = &failure{status: 500, page: true}
)

// isForm says whether the body is what a web page sends.
func (c *call) isForm() bool {
	kind := c.Header.Get("Content-Type")
	return strings.HasPrefix(kind, "application/x-www-form-urlencoded") || strings.HasPrefix(kind, "multipart/form-data")
}

// form reads the body as an object of strings.
func (c *call) form() (object, error) {
	values, err := url.ParseQuery(string(c.Body))
	if kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); kind == "multipart/form-data" {
		form, failed := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"]).ReadForm(int64(len(c.Body)) + 1)
		if err = failed; err == nil {
			values = form.Value
		}
	}
	if err != nil {
		return nil, fail(400, err.Error())
	}
	o := object{}
	for key := range values {
		o = append(o, member{key, values.Get(key)})
	}
	return o, nil
}

// object reads the body, which must be an object.
func (c *call) object() (object, error) {
	value, err := c.json()
	if err != nil {
		return nil, err
	}
	o, ok := value.(object)
	if !ok {
		return nil, invalidf(nonField, "Invalid data. Expected a dictionary, but got %s.", pythonType(value))
	}
	return o, nil
}

// dictionary is object where the server doesn't look before it uses the body as one.
func (c *call) dictionary() (object, error) {
	value, err := c.json()
	if err != nil {
		return nil, err
	}
	o, ok := value.(object)
	if !ok {
		return nil, failf(500, "'%s' object has no attribute 'get'", pythonType(value))
	}
	return o, nil
}

// flag reads a boolean of the query.
func (c *call) flag(name string, byDefault bool) (bool, error) {
	if !c.Query.Has(name) {
		return byDefault, nil
	}
	value := c.Query.Get(name)
	if b, known := word(value); known {
		return b, nil
	}
	return false, refuse(object{{name, noWord(value)}})
}

// word reads a boolean as text.
func word(text string) (value, known bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, true
	case "0", "false", "no", "not", "off":
		return false, true
	}
	return false, false
}

func noWord(text string) string {
	return "Incorrect bool value \"" + text + "\". It should be one of [1, 0, true, false, yes, no]"
}

// integer reads a number of the query.
func (c *call) integer(name string, byDefault int64) (int64, error) {
	if !c.Query.Has(name) {
		return byDefault, nil
	}
	value := c.Query.Get(name)
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil {
		return 0, refuse(object{{name, "Incorrect value in key \"" + name + "\" = \"" + value + "\". It should be digit string."}})
	}
	return n, nil
}

// names reads a list of names of the query, and whether there is one at all.
func (c *call) names(key string) (list []string, given bool) {
	if !c.Query.Has(key) {
		return nil, false
	}
	for name := range strings.SplitSeq(c.Query.Get(key), ",") {
		list = append(list, strings.TrimSpace(name))
	}
	return list, true
}

// chosen leaves of an answer's properties those that include names and omit doesn't.
func (c *call) chosen(o object) object {
	if include, given := c.names("include"); given {
		o = o.pick(func(key string) bool { return slices.Contains(include, key) })
	}
	omit, _ := c.names("omit")
	return o.without(omit...)
}

// paged answers with one page of a list, as the framework of the server does.
func (c *call) paged(items []object, size int64) (*answer, error) {
	count := int64(len(items))
	page, size, err := c.page(count, size, maxPage)
	if err != nil {
		return nil, err
	}
	from, to := (page-1)*size, min(page*size, count)
	link := func(number int64, exists bool) any {
		if !exists {
			return nil
		}
		query := url.Values{}
		for key, values := range c.Query {
			query[key] = values
		}
		query.Del("page")
		if number > 1 {
			query.Set("page", strconv.FormatInt(number, 10))
		}
		address := "http://" + c.host + c.Path
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		return address
	}
	return asJSON(200, object{
		{"count", count}, {"next", link(page+1, to < count)}, {"previous", link(page-1, page > 1)}, {"results", items[from:to]},
	}), nil
}

const maxPage = 100 // more is silently cut

// page finds out which page of a list is asked for, and how large it is at most.
func (c *call) page(count, size, most int64) (number, of int64, err error) {
	if n, err := strconv.ParseInt(c.Query.Get("page_size"), 10, 64); err == nil && n > 0 {
		size = min(n, most)
	}
	last := max((count-1)/size+1, 1)
	number = 1
	switch text := c.Query.Get("page"); text {
	case "":
	case "last":
		number = last
	default:
		if number, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64); err != nil || number < 1 || number > last {
			return 0, 0, fail(404, "Invalid page.")
		}
	}
	return number, size, nil
}
