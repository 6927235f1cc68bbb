// Package labelstudio is a client for the API of Label Studio.
//
//	client, err := labelstudio.NewClient("https://labels.example.com", labelstudio.WithToken(token))
//
// Begin with [NewClient] or [NewClientFromEnv]. Then [ProjectsService.All] and
// [TasksService.All] go through what is there, [ProjectsService.Import] and
// [ProjectsService.ImportFiles] bring tasks in, [ExportsService.Open] and
// [SnapshotsService] take them out, and [Client.Do] reaches what has no method.
//
// The types of requests and answers, and the services that the client has for
// all other operations, are generated, and documented in package generated:
//
//	go doc github.com/labelstudio-go/labelstudio/generated.ProjectsService
//	go doc github.com/labelstudio-go/labelstudio/generated.ProjectRequest
//
// # Authorization
//
// Label Studio knows two kinds of tokens, and [WithToken] tells them apart. A
// personal access token is exchanged for access tokens that live a few
// minutes; the client does so by itself, once for all goroutines, shortly
// before the old one expires and again when the server refuses it. While the
// server asks to wait with that, calls get its last answer. A legacy token is
// sent as it is. A client without a token makes anonymous requests.
//
// Tokens go to the scheme, host and port of the base URL and nowhere else.
// GET and HEAD requests follow redirects to other origins without the token
// and without any header the other origin has no use for, and take files from
// there, but no JSON; other requests don't follow redirects to other origins, nor
// redirects that would turn them into a GET. No token appears in an error or in
// the text of a client.
//
// # Absent, null and zero
//
// A property that may be left out is a pointer: new(false) is sent, nil is not.
// One that may be null as well is a [Nullable]; see [Value] and [Null]. JSON of
// any shape is a [json.RawMessage] with its exact bytes, less the white space
// between its tokens when it is sent; see [Raw], [RawMap] and [RawInto]. Enums
// are strings, and values that this version doesn't know are kept.
//
// # Filters
//
// Package filter makes the conditions of the data manager, and the order, for
// [TasksService.All], [ViewsService] and [SnapshotsService.CreateWhere], which
// check them against the columns of the project before they send them: see
// [ErrInvalidFilter].
//
// # Import and export
//
// [ProjectsService.Import] takes tasks and [ProjectsService.ImportFiles] files;
// the server takes all of an import or nothing, and what it refuses comes as an
// [*ImportError]. [ProjectsService.ImportSeq] and [ProjectsService.ImportTaskFile]
// send any number of tasks in batches, and tell of each what became of it.
//
// [ExportsService.Open] streams an export that the server builds at once,
// [SnapshotsService] deals in exports that it makes and keeps. Both have Tasks,
// which decodes tasks as they come; [SnapshotsService.ExportFile] makes a file.
//
// # Deletion
//
// What deletes many things takes a [Selection], of which everything is a word
// of its own: [All]. The zero value is refused, for the server would take it for
// everything.
//
// # Label configs and results
//
// Package labelconfig reads label configs and gives the server's verdict on
// them, package result makes, reads and checks what annotations and predictions
// hold. Neither needs a server.
//
// # What takes time
//
// The storages of each kind have SetUp, SyncAndWait and Wait, as
// [S3ImportStoragesService]; [ProjectsService.WaitImport],
// [MLBackendsService.TrainAndWait] and [SnapshotsService.Wait] are for the rest.
// They look ever less often, tell what they see, and end with the context.
//
// # Webhooks
//
// Package webhook reads what the server posts to webhooks.
//
// # Errors
//
// Every answer that is not the described success is an [*Error], which holds
// what the server gave as reasons and matches one or more of [ErrNotFound],
// [ErrUnauthorized], [ErrValidation] and so on with [errors.Is]. Requests that
// got no answer return an error that wraps the cause, such as
// [context.DeadlineExceeded].
//
// # Retries
//
// [WithRetries] sets how often a request is sent again. A GET, HEAD, PUT or
// DELETE is, after a connection that broke and after the statuses 429, 502, 503
// and 504; after a 500 only once, because Label Studio answers many mistakes of
// the caller with it. A POST or PATCH is sent again only if it surely was not
// carried out, because no connection or no access token came about, unless the
// call says with [Repeatable] that a repeat does no harm. A body that can be
// read only once is never sent again.
//
// The first wait is half a second; each next one is twice as long, up to 30
// seconds, less a random part of up to a half. A Retry-After header takes its
// place, and ends the retries if it asks for more than two minutes. The context
// of the call ends every wait. A repeated DELETE that finds nothing any more, by
// the server's own account, is a success: an earlier attempt has done it. Where
// the last attempt fails otherwise, the error says so if an earlier one may have
// been carried out. A
// server on SQLite gives the ids of the last tasks and annotations, when these
// are deleted, to those that are imported next: who deletes while others import
// should do so with WithRetries(0), or a repeat may meet one of theirs.
//
// # Versions of the server
//
// The contract is of one version of Label Studio, [ContractVersion]. Answers of
// others decode, with zero values where a property is missing, and
// [Client.Compatibility] says which version the server is and what is known to
// differ there.
//
// # Time
//
// Connecting and an answer that stalls half-way are limited in time. Waiting
// until the headers of an answer are there is not, because the server builds
// exports and imports before it answers: use a context.
//
// # Limits
//
// What is taken into memory has limits: an answer that of [WithMaxAnswer], an
// element of a list that is read as a stream that of [WithMaxElement]. So has what
// is written to disk: a file that of [WithMaxDownload]. What is larger is
// [ErrTooLarge]. A list that has more to give than the server says it holds is
// [ErrUnexpectedAnswer]; one of tasks may grow for as long as it is read. A stream that the caller reads has no limit, and archives
// are never unpacked.
//
// Some limits are no options, as nobody has needed others: a header may have 1 MiB,
// though a transport of the caller's brings its own; of an error 1 MiB is read and
// the rest is left, as the largest page of the server has 170 kB; and the exchange of
// a token takes 64 KiB and a minute, as an access token has a few hundred bytes.
//
// # Concurrency
//
// A [Client] is safe for use by several goroutines at once, which should share
// one. Nothing is kept outside of it.
package labelstudio
