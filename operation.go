package labelstudio

import (
	"context"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// OperationOf returns the contract's name of the operation, such as
// "Projects.Get", that a request with this context is for. It lets middleware
// and transports name what they see without the ids in its path. It reports
// false for requests of [Client.Do] and for the exchange of a token.
func OperationOf(ctx context.Context) (operation string, ok bool) {
	if ctx == nil {
		return "", false
	}
	op, _ := wire.OperationFrom(ctx)
	return op.ID, op.ID != ""
}
