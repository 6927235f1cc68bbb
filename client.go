package labelstudio

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/labelstudio-go/labelstudio/generated"
)

// The environment variables that [NewClientFromEnv] reads.
const (
	envURL   = "LABEL_STUDIO_URL"
	envToken = "LABEL_STUDIO_API_KEY"
)

// Client sends requests to one Label Studio server. It is safe for use by
// several goroutines at once. Make one with [NewClient]: another has no services,
// so that a call of theirs panics like that of any nil pointer.
//
// It has every service of [generated.Services], one for each group of
// operations: client.Webhooks, client.Drafts and so on. The services below have
// methods of their own besides.
type Client struct {
	generated.Services
	Projects    *ProjectsService
	Tasks       *TasksService
	Annotations *AnnotationsService
	Predictions *PredictionsService
	Actions     *ActionsService
	Views       *ViewsService
	FileUploads *FileUploadsService
	Members     *MembersService
	FSM         *FSMService
	Labels      *LabelsService
	LabelLinks  *LabelLinksService
	Exports     *ExportsService
	Snapshots   *SnapshotsService
	MLBackends  *MLBackendsService

	S3ImportStorages    *S3ImportStoragesService
	GCSImportStorages   *GCSImportStoragesService
	AzureImportStorages *AzureImportStoragesService
	RedisImportStorages *RedisImportStoragesService
	LocalImportStorages *LocalImportStoragesService
	S3ExportStorages    *S3ExportStoragesService
	GCSExportStorages   *GCSExportStoragesService
	AzureExportStorages *AzureExportStoragesService
	RedisExportStorages *RedisExportStoragesService
	LocalExportStorages *LocalExportStoragesService

	core *core
}

// NewClient returns a client for the server at baseURL, such as
// "https://labels.example.com" or, behind a path prefix,
// "https://example.com/labels". It sends nothing: a wrong token shows with the
// first call. Without a token option the client makes anonymous requests.
func NewClient(baseURL string, opts ...Option) (*Client, error) {
	base, err := parseBaseURL(baseURL)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: %w", err)
	}
	cfg := config{idle: defaultIdleTimeout, limits: defaultLimits, userAgent: userAgent(), retries: defaultRetries}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("labelstudio: an option is nil: leave it out")
		}
		if err := opt(&cfg); err != nil {
			return nil, fmt.Errorf("labelstudio: %w", err)
		}
	}
	core, err := newCore(base, cfg)
	if err != nil {
		return nil, fmt.Errorf("labelstudio: %w", err)
	}
	services := generated.NewServices(core)
	views := &ViewsService{services.Views, services.DataManager, core}
	actions := &ActionsService{services.Actions, services.DataManager, services.Tasks, services.Views, core}
	tasks := &TasksService{services.Tasks, services.DataManager, actions}
	return &Client{
		Services:    services,
		Projects:    &ProjectsService{services.Projects, core, tasks},
		Tasks:       tasks,
		Annotations: &AnnotationsService{services.Annotations, actions},
		Predictions: &PredictionsService{services.Predictions, actions},
		Actions:     actions,
		Views:       views,
		FileUploads: &FileUploadsService{services.FileUploads, core},
		Members:     &MembersService{services.Members},
		FSM:         &FSMService{services.FSM},
		Labels:      &LabelsService{services.Labels},
		LabelLinks:  &LabelLinksService{services.LabelLinks},
		Exports:     &ExportsService{services.Exports, core},
		Snapshots:   &SnapshotsService{services.Snapshots, views, services.Exports, core, cfg.retries},
		core:        core,
		MLBackends:  &MLBackendsService{services.MLBackends, core},

		S3ImportStorages:    newS3ImportStorages(services.S3ImportStorages, core),
		GCSImportStorages:   newGCSImportStorages(services.GCSImportStorages, core),
		AzureImportStorages: newAzureImportStorages(services.AzureImportStorages, core),
		RedisImportStorages: newRedisImportStorages(services.RedisImportStorages, core),
		LocalImportStorages: newLocalImportStorages(services.LocalImportStorages, core),
		S3ExportStorages:    newS3ExportStorages(services.S3ExportStorages, core),
		GCSExportStorages:   newGCSExportStorages(services.GCSExportStorages, core),
		AzureExportStorages: newAzureExportStorages(services.AzureExportStorages, core),
		RedisExportStorages: newRedisExportStorages(services.RedisExportStorages, core),
		LocalExportStorages: newLocalExportStorages(services.LocalExportStorages, core),
	}, nil
}

// NewClientFromEnv is [NewClient] with the base URL in the environment variable
// LABEL_STUDIO_URL and the token in LABEL_STUDIO_API_KEY, whose kind is detected
// as by [WithToken]. Both must be set. opts are applied after them.
func NewClientFromEnv(opts ...Option) (*Client, error) {
	baseURL, token := os.Getenv(envURL), os.Getenv(envToken)
	if baseURL == "" {
		return nil, errors.New("labelstudio: the environment variable " + envURL +
			" is not set: set it to the address of the server, such as https://labels.example.com")
	}
	if token == "" {
		return nil, errors.New("labelstudio: the environment variable " + envToken +
			" is not set: set it to a personal access token or a legacy token from the account page")
	}
	fromEnv := func(c *config) error {
		if err := WithToken(token)(c); err != nil {
			return fmt.Errorf("environment variable %s: %w", envToken, err)
		}
		return nil
	}
	return NewClient(baseURL, append([]Option{fromEnv}, opts...)...)
}

// String names the server and the kind of token, never the token itself.
func (c *Client) String() string {
	if c == nil || c.core == nil {
		return "labelstudio.Client(made without NewClient)"
	}
	return fmt.Sprintf("labelstudio.Client(%s, %s)", c.core.base, c.core.cred.kind())
}

// GoString is [Client.String], so that %#v shows no token either.
func (c *Client) GoString() string { return c.String() }

// CloseIdleConnections closes the connections that are kept for later requests.
// Requests under way are not touched and the client can still be used. With
// [WithHTTPClient] or [WithTransport] it does what their transport makes of it.
func (c *Client) CloseIdleConnections() {
	if c == nil || c.core == nil {
		return
	}
	c.core.transport.CloseIdleConnections()
}

// newCore puts the layers together, from the inside out: the transport that
// does the work, authorization around it, the log of each attempt, retries, the
// caller's middleware, and redirects, which the http.Client follows, outermost.
func newCore(base *baseURL, cfg config) (*core, error) {
	var hc http.Client
	if cfg.httpClient != nil {
		hc = *cfg.httpClient
	}
	given := cfg.transport
	if given == nil {
		given = hc.Transport
	}
	if given == nil {
		given = defaultTransport()
	}
	transport := checkedTransport{given}

	cred := cfg.credential
	if cred == nil {
		cred = anonymous{}
	}
	if pat, ok := cred.(patToken); ok {
		cred = newPATCredential(string(pat), base, transport, cfg.userAgent)
	}

	var chain http.RoundTripper = &authTransport{
		next: transport, origin: base.origin, host: base.url.Hostname(), cred: cred, jar: hc.Jar,
	}
	if cfg.logger != nil {
		chain = &logTransport{next: chain, logger: cfg.logger}
	}
	chain = &retryTransport{next: chain, retries: cfg.retries}
	for i := len(cfg.middleware) - 1; i >= 0; i-- {
		if chain = cfg.middleware[i](chain); chain == nil {
			return nil, errors.New("a middleware returned nil: return the given http.RoundTripper to do nothing")
		}
	}
	hc.Transport = redirectTransport{chain}
	hc.CheckRedirect = checkRedirect(base.origin, hc.CheckRedirect)

	return &core{
		base: base, client: &hc, transport: transport, cred: cred,
		userAgent: cfg.userAgent, idle: cfg.idle, limits: cfg.limits,
	}, nil
}
