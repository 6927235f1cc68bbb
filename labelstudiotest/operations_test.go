package labelstudiotest

import "testing"

// Every handler is of an operation that there is.
func TestHandlersAreOperations(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, op := range operations {
		names[op.name] = true
	}
	for name := range handlers() {
		if !names[name] {
			t.Errorf("%s is no operation of the contract", name)
		}
	}
}
