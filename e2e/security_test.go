package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/internal/contract"
)

// operation is one of the contract, with a path that leads to nothing.
type operation struct {
	method, path string
	login        bool
}

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// operations returns all operations of the contract.
func operations(t *testing.T) []operation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", contract.EffectiveFile))
	ok(t, err)
	doc, err := contract.Load(text)
	ok(t, err)
	var list []operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			security := &doc.Security
			if op.Security != nil {
				security = op.Security
			}
			list = append(list, operation{method, anyPath(path, op.Parameters), needsLogin(*security)})
		}
	}
	if len(list) < 190 {
		t.Fatalf("the contract has %d operations only", len(list))
	}
	return list
}

// anyPath fills in a path: with the first of what a parameter may be, or else
// the id of nothing.
func anyPath(path string, params openapi3.Parameters) string {
	return parameter.ReplaceAllStringFunc(path, func(name string) string {
		param := params.GetByInAndName(openapi3.ParameterInPath, strings.Trim(name, "{}"))
		if param != nil && param.Schema != nil && len(param.Schema.Value.Enum) > 0 {
			return fmt.Sprint(param.Schema.Value.Enum[0])
		}
		return fmt.Sprint(missing)
	})
}

func needsLogin(alternatives openapi3.SecurityRequirements) bool {
	for _, alternative := range alternatives {
		if len(alternative) == 0 {
			return false
		}
	}
	return len(alternatives) > 0
}

// status sends a request without a body and returns the status of the answer.
func (op operation) status(t *testing.T, client *labelstudio.Client) int {
	t.Helper()
	var answer *http.Response
	err := client.Do(t.Context(), op.method, op.path, nil, nil, nil, labelstudio.CaptureResponse(&answer))
	if answer == nil {
		t.Fatalf("%s %s: %v", op.method, op.path, err)
	}
	if refused := new(labelstudio.Error); err != nil && !errors.As(err, &refused) {
		t.Errorf("%s %s: %v", op.method, op.path, err)
	}
	return answer.StatusCode
}

// The server asks for credentials where the contract says so, and nowhere else.
func TestSecurityWithoutCredentials(t *testing.T) {
	t.Parallel()
	client := newClient(t, withLegacy)
	for _, op := range operations(t) {
		if status := op.status(t, client); (status == http.StatusUnauthorized) != op.login {
			t.Errorf("%s %s: answered %d without credentials; the contract demands them: %v", op.method, op.path, status, op.login)
		}
	}
}

// Either kind of credentials opens what the contract closes.
func TestSecurityWithCredentials(t *testing.T) {
	t.Parallel()
	all := operations(t)
	eachScheme(t, func(t *testing.T, client *labelstudio.Client) {
		for _, op := range all {
			if op.method != http.MethodGet {
				continue
			}
			if status := op.status(t, client); status == http.StatusUnauthorized {
				t.Errorf("%s %s: answered 401", op.method, op.path)
			}
		}
	})
}

// wantFailures checks that the operations on those paths fail for the access
// token of a former member, as everything does.
func wantFailures(t *testing.T, access *labelstudio.Client, those func(path string) bool) {
	t.Helper()
	for _, op := range operations(t) {
		if !those(op.path) {
			continue
		}
		if status := op.status(t, access); status != http.StatusInternalServerError {
			t.Errorf("%s %s: answered %d with the access token of a former member", op.method, op.path, status)
		}
	}
}
