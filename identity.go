package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// checkIdentity reports why a decoded answer of a described operation is not the
// thing that was asked for: it lacks the id that the contract says it has, or has
// another than the path of the request names. An empty object, as of a gateway
// that knows nothing, would else be a thing with the id 0. Other properties may be
// missing: servers of other versions leave some out.
func checkIdentity(req *http.Request, answer any) error {
	op, _ := wire.OperationFrom(req.Context())
	if op.ID == "" { // the caller's own type, of which nothing is known
		return nil
	}
	value := reflect.Indirect(reflect.ValueOf(answer).Elem())
	kind := value.Type()
	if kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	field, ok := idField(kind)
	switch {
	case !ok:
		return nil
	case value.Kind() == reflect.Slice:
		for i := range value.Len() {
			if value.Index(i).Field(field).Int() == 0 {
				return fmt.Errorf("item %d of the list has no id", i)
			}
		}
		return nil
	}
	id := value.Field(field).Int()
	if id == 0 {
		return errors.New("it has no id")
	}
	asked := path.Base(req.URL.Path)
	if strings.HasSuffix(strings.TrimSuffix(op.Path, "/"), "}") && asked != fmt.Sprint(id) {
		return fmt.Errorf("it has the id %d, and %s was asked for", id, asked)
	}
	return nil
}

// idField finds the id that a thing always has: one that a selection of fields may
// leave out is omitted when it is zero.
func idField(kind reflect.Type) (index int, ok bool) {
	if kind.Kind() != reflect.Struct {
		return 0, false
	}
	for i := range kind.NumField() {
		if field := kind.Field(i); field.Tag.Get("json") == "id" && field.Type.Kind() == reflect.Int64 {
			return i, true
		}
	}
	return 0, false
}
