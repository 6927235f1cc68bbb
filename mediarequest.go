package labelstudio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// mediaAnswer is a piece of a file that comes.
type mediaAnswer struct {
	piece
	body              io.ReadCloser
	name, contentType string
}

// request asks for bytes of a file, such as "bytes=0-", or for all of it.
func (m *mediaRun) request(ctx context.Context, ref mediaRef, bytes string) (*mediaAnswer, error) {
	var res *http.Response
	// What is compressed on the way has no length and can't be resumed.
	opts := []CallOption{WithHeader("Accept-Encoding", "identity"), CaptureResponse(&res)}
	if bytes != "" {
		opts = append(opts, WithHeader("Range", bytes))
	}
	want := wire.Answer{Status: []int{http.StatusOK, http.StatusPartialContent}, Body: wire.Stream}
	if isPage(ref.at) || ref.kind == linkMedia {
		want.Body = raw // else a page is taken for that of a proxy
	}
	var from *core
	var req *http.Request
	var err error
	if ref.kind == linkMedia {
		from, req, err = m.linkRequest(ctx, ref)
	} else {
		from, opts = m.core, append(slices.Clone(m.opts), opts...)
		req, err = ref.request(ctx, m.project)
	}
	if err != nil {
		return nil, err
	}
	var body io.ReadCloser
	if err := from.Call(req, want, &body, opts...); err != nil {
		return nil, m.refusal(err, res, ref)
	}
	return &mediaAnswer{pieceOf(res), body, fileName(res.Header), cut(res.Header.Get("Content-Type"), maxFieldName)}, nil
}

// linkRequest makes the request for a file of another server, and a core for it
// that has nothing of this one: no token, no cookies, no middleware.
func (m *mediaRun) linkRequest(ctx context.Context, ref mediaRef) (*core, *http.Request, error) {
	u, err := url.Parse(ref.uri)
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
	if err != nil {
		return nil, nil, err
	}
	req.URL = &url.URL{Path: ref.at, RawPath: u.RawPath, RawQuery: u.RawQuery}
	return &core{
		base: &baseURL{url: url.URL{Scheme: u.Scheme, Host: u.Host}, origin: originOf(u)},
		client: &http.Client{
			Transport: redirectTransport{&retryTransport{next: &promptTransport{m.core.transport, m.core.idle}, retries: m.retries}},
			CheckRedirect: func(req *http.Request, via []*http.Request) error {
				req.Header.Del("Referer") // it may be signed
				return checkRedirect(originOf(u), nil)(req, via)
			},
		},
		cred: anonymous{}, userAgent: m.core.userAgent, idle: m.core.idle,
	}, req, nil
}

// request makes the request for a file of the server.
func (r *mediaRef) request(ctx context.Context, project int64) (*http.Request, error) {
	switch r.kind {
	case uploadedMedia:
		return generated.NewFileUploadsDownloadRequest(ctx, r.at)
	case storedMedia:
		return generated.NewFileUploadsDownloadStoredRequest(ctx, &generated.FileUploadsDownloadStoredParams{Path: r.at})
	case localMedia:
		return generated.NewFileUploadsLocalFileRequest(ctx, &generated.FileUploadsLocalFileParams{Path: r.at})
	default: // of a cloud, by the project, as the task may be gone meanwhile
		uri := base64.URLEncoding.EncodeToString([]byte(r.at))
		return generated.NewProjectsResolveFileRequest(ctx, project, &generated.ProjectsResolveFileParams{FileURI: uri})
	}
}

// refusal says what an error doesn't: that the server knows no storage, or that
// the answer is not the server's, so that what the client says of its token
// doesn't apply.
func (m *mediaRun) refusal(err error, res *http.Response, ref mediaRef) error {
	var answer *Error
	if res == nil || res.Request == nil || !errors.As(err, &answer) {
		return err
	}
	if originOf(res.Request.URL) == m.core.base.origin && ref.kind != linkMedia {
		if ref.kind == cloudMedia && answer.StatusCode == http.StatusNotFound {
			return fmt.Errorf("%w (project %d has no import storage for it)", err, m.project)
		}
		return err
	}
	text := fmt.Sprintf("labelstudio: %s answers %d %s", res.Request.URL.Host, res.StatusCode, http.StatusText(res.StatusCode))
	if res.StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return textError{text, errNoRange}
	}
	return errors.New(text)
}

var errNoRange = errors.New("there are no such bytes")

// noRange reports whether err may mean that there are no such bytes: a storage
// says so, and the server makes of it what it makes of everything.
func noRange(err error) bool {
	var answer *Error
	return errors.Is(err, errOtherFile) || errors.Is(err, errNoRange) ||
		errors.As(err, &answer) && (answer.StatusCode == http.StatusRequestedRangeNotSatisfiable || answer.StatusCode == http.StatusFailedDependency)
}

func isPage(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".htm") || strings.HasSuffix(name, ".xhtml")
}
