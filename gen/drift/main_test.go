package drift

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// built is the differ of this checkout.
var built *Differ

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "drift:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "labelstudio-differ-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if built, err = BuildDiffer(context.Background(), "../..", folder); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
