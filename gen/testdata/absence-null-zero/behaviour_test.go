package generated

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"
)

// required is what every answer of the tests below holds.
const required = `"r_any":0,"r_bool":false,"r_color":"","r_float":0,"r_int":0,"r_list":[],"r_map":{},"r_named_any":null,"r_named_list":[],` +
	`"r_null_items":[null,0],"r_null_values":{"a":null},"r_part":{},"r_text":"","r_time":"0001-01-01T00:00:00Z"`

const nulls = `"rn_any":null,"rn_bool":null,"rn_color":null,"rn_float":null,"rn_int":null,"rn_list":null,"rn_map":null,"rn_part":null,"rn_text":null,"rn_time":null`

// An answer, decoded and encoded again, is the same answer.
func TestAnswersKeepAbsentNullAndZero(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"optional properties absent, nullable ones null": required + "," + nulls,
		"zero": required + `,"rn_any":0,"rn_bool":false,"rn_color":"","rn_float":0,"rn_int":0,"rn_list":[],"rn_map":{},"rn_part":{},"rn_text":"","rn_time":"0001-01-01T00:00:00Z",` +
			`"o_any":0,"o_bool":false,"o_color":"","o_float":0,"o_int":0,"o_list":[],"o_map":{},"o_named_any":"","o_named_list":[],"o_part":{},"o_text":"","o_time":"0001-01-01T00:00:00Z",` +
			`"on_any":0,"on_bool":false,"on_color":"","on_float":0,"on_int":0,"on_list":[],"on_map":{},"on_part":{},"on_text":"","on_time":"0001-01-01T00:00:00Z"`,
		"null": required + "," + nulls + `,"o_any":null,"o_named_any":null,"on_any":null,"on_bool":null,"on_color":null,"on_float":null,"on_int":null,"on_list":null,` +
			`"on_map":null,"on_part":null,"on_text":null,"on_time":null`,
		"values": strings.Replace(required, `"r_int":0`, `"r_int":9223372036854775807`, 1) + "," + nulls + `,"o_any":{"b":1.10,"a":[]},"o_color":"purple","o_int":-1,"o_list":[1,2],` +
			`"o_map":{"a":1},"o_part":{"n":0},"o_time":"2024-01-02T03:04:05.678901Z","on_list":[0],"on_text":"<&>"`,
	}
	for name, members := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var thing Thing
			if err := json.Unmarshal([]byte("{"+members+"}"), &thing); err != nil {
				t.Fatal(err)
			}
			if got, want := sorted(t, encode(t, thing)), sorted(t, "{"+members+"}"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A request says exactly what the caller set.
func TestRequestsSayWhatIsSet(t *testing.T) {
	t.Parallel()
	const always = `"r_bool":false,"r_color":"","r_list":[],"r_part":{},"rn_bool":null,"rn_color":null,"rn_list":null,"rn_part":null`
	tests := []struct {
		name string
		set  func(*ThingRequest)
		want string
	}{
		{"nothing", func(*ThingRequest) {}, always},
		{"required and nullable", func(r *ThingRequest) {
			r.RnBool, r.RnColor, r.RnList, r.RnPart = new(bool), new(Color), []int64{}, new(PartInput)
		}, `"r_bool":false,"r_color":"","r_list":[],"r_part":{},"rn_bool":false,"rn_color":"","rn_list":[],"rn_part":{}`},
		{"zero of optional", func(r *ThingRequest) {
			r.OBool, r.OColor, r.OInt, r.OText = new(bool), new(Color), new(int64), new(string)
			r.OList, r.OMap, r.OPart, r.OTime = []int64{}, map[string]int64{}, new(PartInput), new(time.Time)
		}, always + `,"o_bool":false,"o_color":"","o_int":0,"o_list":[],"o_map":{},"o_part":{},"o_text":"","o_time":"0001-01-01T00:00:00Z"`},
		{"free-form null", func(r *ThingRequest) { r.OAny = json.RawMessage("null") }, always + `,"o_any":null`},
		{"null of optional", func(r *ThingRequest) {
			r.OnBool, r.OnColor, r.OnInt = nullable.NewNullNullable[bool](), nullable.NewNullNullable[Color](), nullable.NewNullNullable[int64]()
			r.OnList, r.OnMap = nullable.NewNullNullable[[]int64](), nullable.NewNullNullable[map[string]int64]()
			r.OnPart, r.OnText, r.OnTime = nullable.NewNullNullable[PartInput](), nullable.NewNullNullable[string](), nullable.NewNullNullable[time.Time]()
		}, always + `,"on_bool":null,"on_color":null,"on_int":null,"on_list":null,"on_map":null,"on_part":null,"on_text":null,"on_time":null`},
		{"zero of optional and nullable", func(r *ThingRequest) {
			r.OnBool, r.OnText = nullable.NewNullableWithValue(false), nullable.NewNullableWithValue("")
			r.OnList, r.OnPart = nullable.NewNullableWithValue([]int64{}), nullable.NewNullableWithValue(PartInput{})
		}, always + `,"on_bool":false,"on_list":[],"on_part":{},"on_text":""`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := ThingRequest{RList: []int64{}}
			test.set(&request)
			if got, want := sorted(t, encode(t, request)), sorted(t, "{"+test.want+"}"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// sorted writes an object with one member a line, sorted, each value as it is.
func sorted(t *testing.T, text string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out, err := json.MarshalIndent(members, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
