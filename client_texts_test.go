package labelstudio

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// Whoever prints a part of a client by mistake, with whatever verb, prints no token.
func TestTextsOfServicesHaveNoToken(t *testing.T) {
	t.Parallel()
	access := makeAccess(1, 300)
	for name, tt := range map[string]struct {
		option Option
		called bool
	}{
		"legacy token":                          {WithToken(testLegacy), false},
		"legacy token of any shape":             {WithLegacyToken(testLegacy), false},
		"personal access token":                 {WithToken(testPAT), false},
		"personal access token, exchanged":      {WithToken(testPAT), true},
		"personal access token, named as such":  {WithPersonalAccessToken(testPAT), true},
		"legacy token that was sent on its way": {WithToken(testLegacy), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exchangingClient(t, access, tt.option)
			if tt.called {
				if err := get(t, c, "/api/x/"); err != nil {
					t.Fatal(err)
				}
			}
			parts := map[string]any{"the client": c, "its struct": *c, "the option": tt.option}
			for _, v := range []reflect.Value{reflect.ValueOf(*c), reflect.ValueOf(c.Services)} {
				for i := range v.NumField() {
					if field := v.Type().Field(i); field.IsExported() {
						parts[field.Name] = v.Field(i).Interface()
						parts[field.Name+", the struct"] = reflect.Indirect(v.Field(i)).Interface()
					}
				}
			}
			for part, value := range parts {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%t", "%p"} {
					text := fmt.Sprintf(verb, value)
					checkNoSecret(t, part+" with "+verb, text, access)
					for _, secret := range []string{testLegacy, testPAT, access} {
						for _, form := range []string{"%x", "%X", "% x", "%d"} {
							checkNoSecret(t, part+" with "+verb, text, strings.Trim(fmt.Sprintf(form, []byte(secret)), "[]"))
						}
					}
				}
			}
		})
	}
}
