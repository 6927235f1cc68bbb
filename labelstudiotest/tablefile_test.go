package labelstudiotest

import (
	"strings"
	"testing"
)

// What tables are read as was seen in pandas.
func TestTables(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"whole numbers", "z,n\n01067,+7\n007,-0\n", `[{"z":1067,"n":7},{"z":7,"n":0}]`},
		{"fractions", "n,m\n1,1e3\n2.50,.5\n", `[{"n":1.0,"m":1000.0},{"n":2.5,"m":0.5}]`},
		{"many digits", "n,m\n0.1234567890123456789,0.30000000000000004\n", `[{"n":0.1234567890123456,"m":0.3}]`},
		{"missing", "a,n\nNA,1\nx,nan\n\"null\",3\n", `[{"a":"","n":1.0},{"a":"x","n":""},{"a":"","n":3.0}]`},
		{"all missing", "a,n\nx,\ny,\n", `[{"a":"x","n":""},{"a":"y","n":""}]`},
		{"blanks", "a, n\n x , 1\n", `[{"a":" x "," n":1}]`},
		{"texts", "n,m\n1_000,1\nx,0x10\n", `[{"n":"1_000","m":"1"},{"n":"x","m":"0x10"}]`},
		{"truths", "n,m\ntrue,yes\nFALSE,no\n", `[{"n":true,"m":"yes"},{"n":false,"m":"no"}]`},
		{"truths and nothing", "a,n\nx,True\ny,\n", `[{"a":"x","n":true},{"a":"y","n":""}]`},
		{"wide", "n,m\n12345678901234567890,18446744073709551616\n1,2\n", `[{"n":12345678901234567890,"m":"18446744073709551616"},{"n":1,"m":"2"}]`},
		{"wide and a sign", "n,m\n12345678901234567890,-9223372036854775809\n-1,\n", `[{"n":"12345678901234567890","m":"-9223372036854775809"},{"n":"-1","m":""}]`},
		{"quotes", "a,b\n5\" disk,\"x \"\"y\"\"\nz\"\n", `[{"a":"5\" disk","b":"x \"y\"\nz"}]`},
		{"after quotes", "a\n\"x\"y\n", `[{"a":"xy"}]`},
		{"line ends", "a\r1\r\n\r\n2\r", `[{"a":1},{"a":2}]`},
		{"lines of nothing", "a,b\n\n  \nx,1\n", `[{"a":"x","b":1}]`},
		{"short row", "a,b\nx\ny,2\n", `[{"a":"x","b":""},{"a":"y","b":2.0}]`},
		{"labels of rows", "a,b\nx,1,9\ny,2\n", `[{"a":1,"b":9.0},{"a":2,"b":""}]`},
		{"same names", "a,a,,a\n1,2,3,4\n", `[{"a":1,"a.1":2,"Unnamed: 2":3,"a.2":4}]`},
		{"a name that is made", "a,a,a.1\n1,2,3\n", `[{"a":1,"a.2":2,"a.1":3}]`},
		{"mark", "\ufeffa\nx\n", `[{"a":"x"}]`},
		{"names only", "a,b\n", `[]`},
		{"nothing", "", "No columns to parse from file"},
		{"long row", "a,b\nx,1\ny,2,3\n", "Error tokenizing data. C error: Expected 2 fields in line 3, saw 3\n"},
		{"open quote", "a\nx\n\"y\n", "Error tokenizing data. C error: EOF inside string starting at row 2"},
	}
	for _, tt := range tests {
		items, err := readTable([]byte(tt.text), ',')
		rows := make([]any, len(items))
		for i, item := range items {
			rows[i], _ = item.get("data")
		}
		got := string(encode(rows, compact))
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: read %s, want %s", tt.name, got, tt.want)
		}
		if tt.name != "labels of rows" && err == nil {
			if tabs, err := readTable([]byte(strings.ReplaceAll(tt.text, ",", "\t")), '\t'); err != nil || len(tabs) != len(items) {
				t.Errorf("%s with tabs: read %v, %v", tt.name, tabs, err)
			}
		}
	}
}
