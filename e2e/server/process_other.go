//go:build !unix

package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// errSystem is returned where the system is missing what this package needs.
var errSystem = fmt.Errorf("running a Label Studio server needs Linux, macOS or another Unix: %w", errors.ErrUnsupported)

func ownGroup(*exec.Cmd) {}

func terminateGroup(int) error { return errSystem }

func killGroup(int) error { return errSystem }

func tryLock(*os.File) error { return errSystem }
