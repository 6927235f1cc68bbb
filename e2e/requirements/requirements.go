// Package requirements holds the locked Python requirements of the Label Studio server that the end-to-end tests and
// the demo run: one file per supported Python minor version, because the server's dependencies differ between them.
//
// The files are written by "go run ./e2e/lock" and edited by nobody.
package requirements

import "embed"

// Files holds the lock files, named py3.N.txt.
//
//go:embed py3.*.txt
var Files embed.FS
