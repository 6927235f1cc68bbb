package labelstudiotest

import (
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path, want string
		params     []string
	}{
		{"/api/projects/", "/api/projects/", nil},
		{"/api/projects", "/api/projects/", nil}, // the slash is missing
		{"/api/projects/7/", "/api/projects/{id}/", []string{"7"}},
		{"/api/projects/counts/", "/api/projects/counts/", nil},
		{"/api/projects/7/import", "/api/projects/{id}/import", []string{"7"}},
		{"/api/projects/7/import/", "", nil}, // one too many
		{"/api/projects/-1/", "", nil},
		{"/api/projects/x/", "", nil},
		{"/api/nonesuch", "", nil},
		{"/data/upload/1/a.csv", "/data/upload/{filename}", []string{"1/a.csv"}},
		{"/api/projects/7/exports/8/download", "/api/projects/{id}/exports/{export_pk}/download", []string{"7", "8"}},
	}
	for _, tt := range tests {
		r, params := find(tt.path)
		got := ""
		if r != nil {
			for _, op := range r.methods {
				got = op.path
			}
		}
		if got != tt.want || !slices.Equal(params, tt.params) {
			t.Errorf("%s leads to %q with %v, want %q with %v", tt.path, got, params, tt.want, tt.params)
		}
	}
}

func TestFindLoosely(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/api/dm/views/order/": "/api/dm/views/order/", "/api/dm/views/-1/": "/api/dm/views/{id}/", "/api/predictions/x/": "/api/predictions/{id}/",
	} {
		r, _ := find(path)
		if r == nil {
			t.Errorf("%s leads nowhere", path)
			continue
		}
		for _, op := range r.methods {
			if op.path != want {
				t.Errorf("%s leads to %s, want %s", path, op.path, want)
			}
		}
	}
}
