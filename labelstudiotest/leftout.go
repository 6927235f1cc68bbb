package labelstudiotest

import (
	"net/http"
	"slices"
)

// operations are all that may be asked for: those of the contract, and under
// their method and path the routes of the API that it leaves out.
var operations = slices.Concat(contract, leftOut())

// leftOut lists these routes, which gen/unoffered.yaml gives the reasons for. To
// answer that there is no such page would be a lie.
func leftOut() (list []operation) {
	add := func(method string, paths ...string) {
		for _, path := range paths {
			list = append(list, operation{name: method + " " + path, method: method, path: path})
		}
	}
	add(http.MethodPut,
		"/api/annotations/{id}/", "/api/current-user/product-tour", "/api/drafts/{id}/", "/api/import/file-upload/{id}", "/api/label_links/{id}/",
		"/api/labels/{id}/", "/api/ml/{id}", "/api/organizations/{id}", "/api/projects/{id}/", "/api/tasks/{id}/")
	add(http.MethodGet,
		"/api/", "/api/annotations/{id}/convert-to-draft", "/api/auth/export/", "/api/dm/", "/api/projects/{id}/export/files",
		"/api/projects/{id}/sample-task/", "/api/projects/{id}/validate/", "/metrics/", "/projects/{id}/presign/", "/tasks/{id}/presign/", "/version/")
	add(http.MethodPost, "/api/organizations/", "/api/storages/redis/files")
	for _, kind := range []string{"azure", "gcs", "localfiles", "redis", "s3"} {
		for _, storages := range []string{"/api/storages/", "/api/storages/export/"} {
			add(http.MethodPut, storages+kind+"/{id}")
			add(http.MethodGet, storages+kind+"/form")
		}
	}
	return list
}
