//go:build tools

// Package labelstudio pins the tools that the pipeline runs.
package labelstudio

import _ "github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
