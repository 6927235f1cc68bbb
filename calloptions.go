package labelstudio

import (
	"net/http"

	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// CallOption changes how one call is sent or what is kept of its answer. Every
// method that sends a request takes any number of them.
type CallOption = wire.Option

// CaptureResponse puts the status and the headers of the answer into *dst, of
// successes and of failures; its Body is always empty. *dst is nil if there was
// no answer. Of a call that sends several requests it holds the last answer.
func CaptureResponse(dst **http.Response) CallOption {
	return func(o *wire.Options) {
		if dst != nil {
			o.Responses = append(o.Responses, dst) //nolint:bodyclose // what is put there has no body
		}
	}
}

// WithHeader sets a header of the request to value, in place of what the client
// would send. The call fails for Authorization, X-Api-Key and Host, as these
// decide as whom and to whom the request goes: see [WithToken]. A POST or PATCH
// fails with Idempotency-Key and X-Idempotency-Key, unless it is [Repeatable]:
// net/http sends a request again that has one of these. Headers that are set this
// way don't follow a redirect to another origin.
func WithHeader(key, value string) CallOption {
	return func(o *wire.Options) {
		if o.Header == nil {
			o.Header = make(http.Header)
		}
		o.Header.Set(key, value)
	}
}
