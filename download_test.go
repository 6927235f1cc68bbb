package labelstudio

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, disposition, filename, want string
	}{
		{"quoted", `attachment; filename="project-1.json"`, "", "project-1.json"},
		{"encoded", `attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.csv`, "", "grüße.csv"},
		{"from the other header", "", "project-1.csv", "project-1.csv"},
		{"disposition wins", `attachment; filename="a.csv"`, "b.csv", "a.csv"},
		{"broken disposition", `attachment; filename="a.csv`, "b.csv", "b.csv"},
		{"climbs up", `attachment; filename="../../etc/passwd"`, "", "passwd"},
		{"climbs up, Windows", `attachment; filename*=UTF-8''..%5C..%5Cboot.ini`, "", "boot.ini"},
		{"absolute", `attachment; filename="/etc/passwd"`, "", "passwd"},
		{"dots", `attachment; filename=".."`, "", ""},
		{"drive", `attachment; filename="c:x"`, "", "c_x"},
		{"control characters", "", "a\x00b\nc", "a_b_c"},
		{"long, cut behind a space", "", strings.Repeat("a", 199) + " b", strings.Repeat("a", 199)},
		{"hidden", "", ".bashrc", "bashrc"},
		{"hidden behind spaces", "", " . .bashrc", "bashrc"},
		{"device", "", "NUL", "_NUL"},
		{"device with a suffix", "", "com1 .csv", "_com1 .csv"},
		{"device behind a dot", "", ".aux", "_aux"},
		{"almost a device", "", "null.csv", "null.csv"},
		{"turned around", `attachment; filename*=UTF-8''a%E2%80%AEvsc.exe`, "", "a_vsc.exe"},
		{"other control characters", `attachment; filename*=UTF-8''a%C2%85b%E2%80%A8c`, "", "a_b_c"},
		{"from right to left", `attachment; filename*=UTF-8''%D7%A9%D7%9C%D7%95%D7%9D.csv`, "", "שלום.csv"},
		{"nothing", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{"Content-Disposition": {tt.disposition}, "Filename": {tt.filename}}
			if got := fileName(h); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzFileName(f *testing.F) {
	f.Add(`attachment; filename="../a.csv"`, "")
	f.Add("", "..\\a.csv")
	f.Add(`attachment; filename*=UTF-8''%2e%2e%2fa`, "a/b")
	f.Fuzz(func(t *testing.T, disposition, filename string) {
		name := fileName(http.Header{"Content-Disposition": {disposition}, "Filename": {filename}})
		if name == "" {
			return
		}
		if !utf8.ValidString(name) || len(name) > 201 || strings.ContainsAny(name, "/\\\x00\u202e") || name[0] == '.' {
			t.Errorf("%q is not safe", name)
		}
		dir := filepath.Join("a", "b")
		if filepath.Dir(filepath.Join(dir, name)) != dir {
			t.Errorf("%q leads out of its folder", name)
		}
	})
}

func TestFileSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		length int64
		crange string
		want   int64
	}{
		{"length", 200, 7, "", 7},
		{"no length", 200, -1, "", -1},
		{"range", 206, 7, "bytes 0-6/7", 7},
		{"range of unknown total", 206, 7, "bytes 0-6/*", -1},
		{"range that lies", 206, 7, "bytes 0-6/-7", -1},
		{"no range", 206, 7, "", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := &http.Response{StatusCode: tt.status, ContentLength: tt.length, Header: http.Header{"Content-Range": {tt.crange}}}
			if got := pieceOf(res).size; got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}
