// Package requirements holds the locked Python requirements of the Label Studio server that the end-to-end tests and
// the demo run: one file per supported Python minor version, because the server's dependencies differ between them.
// The older versions that the client is held against have one file each, in the folder older.
//
// The files are written by "go run ./e2e/lock" and edited by nobody.
package requirements

import "embed"

// Files holds the lock files, named py3.N.txt and older/VERSION.txt.
//
//go:embed py3.*.txt older/*.txt
var Files embed.FS
