//go:build ignore

// Tools of the pipeline. gen imports the generator as a library, and go.mod
// pins its version; this file says so where one looks for it. It is ignored by
// every build and by `go mod tidy`: otherwise the generator and what it needs
// would stand in the go.mod of everyone who imports this module.
package labelstudio

import _ "github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
