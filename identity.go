package labelstudio

import (
	"fmt"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// checkIdentity reports why a decoded answer of a described operation is not the
// thing that was asked for: it lacks the id or the token that the contract says it
// has, or has another id than the path of the request names. An empty object, as of
// a gateway that knows nothing, would else be a thing with the id 0. Other properties may be
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
	field, name := keyField(kind)
	switch {
	case name == "":
		return nil
	case value.Kind() == reflect.Slice:
		for i := range value.Len() {
			if value.Index(i).Field(field).IsZero() {
				return fmt.Errorf("item %d of the list has no %s", i, name)
			}
		}
		return nil
	case value.Field(field).IsZero():
		return fmt.Errorf("it has no %s", name)
	case name != "id":
		return nil
	}
	id := value.Field(field).Int()
	asked := path.Base(req.URL.Path)
	if strings.HasSuffix(strings.TrimSuffix(op.Path, "/"), "}") && asked != fmt.Sprint(id) {
		return fmt.Errorf("it has the id %d, and %s was asked for", id, asked)
	}
	return nil
}

// keyField finds the id that a thing always has, or the token that the answer is
// for. One that a selection of fields may leave out is omitted when it is zero.
func keyField(kind reflect.Type) (index int, name string) {
	if kind.Kind() != reflect.Struct {
		return 0, ""
	}
	for i := range kind.NumField() {
		field := kind.Field(i)
		switch name := field.Tag.Get("json"); name {
		case "id":
			if field.Type.Kind() == reflect.Int64 {
				return i, name
			}
		case "token", "access", "refresh":
			if field.Type.Kind() == reflect.String {
				return i, name
			}
		}
	}
	return 0, ""
}
