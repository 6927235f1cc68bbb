package server

import "testing"

func TestServerDiesWithItsParent(t *testing.T) {
	t.Parallel()
	parent := fake("parent", "")
	child := childOf(t, firstLine(t, parent))
	if !alive(child) {
		t.Fatal("the child does not run")
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, child)
}
