package labelstudiotest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Request is one that the server got.
type Request struct {
	// Operation is the contract's name of what was asked for, such as
	// "Tasks.List", or "" if the contract has no such route.
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
	if strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		values, err := url.ParseQuery(string(c.Body))
		if err != nil {
			return nil, fail(400, err.Error())
		}
		o := object{}
		for key := range values {
			o = append(o, member{key, values.Get(key)})
		}
		return o, nil
	}
	if !strings.HasPrefix(kind, "application/json") {
		return nil, failf(415, "Unsupported media type %q in request.", cmp.Or(kind, "text/plain"))
	}
	value, err := decode(c.Body)
	if errors.Is(err, errHalf) {
		return nil, fmt.Errorf("%s of %w is not imitated", c.Operation, err)
	}
	if err != nil {
		return nil, failf(400, "JSON parse error - %v", err)
	}
	return value, nil
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

// flag reads a boolean of the query.
func (c *call) flag(name string, byDefault bool) (bool, error) {
	if !c.Query.Has(name) {
		return byDefault, nil
	}
	value := c.Query.Get(name)
	switch strings.ToLower(value) {
	case "1", "true", "yes", "on":
		return true, nil
	case "0", "false", "no", "not", "off":
		return false, nil
	}
	return false, refuse(object{{name, "Incorrect bool value \"" + value + "\". It should be one of [1, 0, true, false, yes, no]"}})
}

// integer reads a number of the query that the server wants to be digits.
func (c *call) integer(name string, byDefault int64) (int64, error) {
	value := c.Query.Get(name)
	if value == "" {
		return byDefault, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || !isDigits(value) {
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

// chosen leaves of an answer's properties those that include names, or else
// those that omit doesn't.
func (c *call) chosen(o object) object {
	if include, given := c.names("include"); given {
		return o.pick(func(key string) bool { return slices.Contains(include, key) })
	}
	omit, _ := c.names("omit")
	return o.without(omit...)
}

// paged answers with one page of a list, as the framework of the server does.
func (c *call) paged(items []object, size int64) (*answer, error) {
	page := int64(1)
	if c.Query.Has("page") {
		n, err := strconv.ParseInt(c.Query.Get("page"), 10, 64)
		if err != nil || n < 1 {
			return nil, fail(404, "Invalid page.")
		}
		page = n
	}
	if n, err := strconv.ParseInt(c.Query.Get("page_size"), 10, 64); err == nil && n > 0 {
		size = min(n, maxPage)
	}
	count := int64(len(items))
	if page > 1 && (page-1 > count/size || (page-1)*size >= count) {
		return nil, fail(404, "Invalid page.")
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
