// Package labelstudiotest is a Label Studio in memory, for the tests of programs
// that use package labelstudio. It needs no Python, no network and no set-up, and
// starts in less than a millisecond.
//
//	func TestMine(t *testing.T) {
//		server := labelstudiotest.NewServer(t)
//		client := server.Client() // or labelstudio.NewClient(server.URL, labelstudio.WithToken(server.PAT))
//		…
//	}
//
// It answers as Label Studio Community 1.23.2 does, its quirks included: page
// sizes that are cut in silence, imports that take invalid predictions, tokens
// that are exchanged and revoked, errors in four shapes, web pages in place of
// answers, files with odd names, downloads that break off unseen. The client's
// own end-to-end tests run against it and against the real server alike.
//
// # What it keeps
//
// Projects, label configs and their validation, tasks, annotations, drafts,
// predictions, imports (JSON, files and addresses), uploaded files, exports and
// snapshots (JSON, JSON_MIN, CSV and TSV), views, filters and orders, the actions
// that delete, users, members and tokens. It doesn't keep storages, webhooks, ML
// backends, labels, states, the label stream and the other export formats, nor
// permissions: every member may do everything.
//
// An address that is to be imported is fetched, in ten seconds at most. Other
// requests are answered meanwhile.
//
// # What differs
//
// Words: why a label config is refused, or data that don't fit it, is told in the
// words of package labelconfig; why JSON, bytes, a query, an address or a value of
// a wrong type can't be read, in words of its own or in the beginning of those of
// the real server. Export formats have no description, and the texts of columns
// and actions are shorter.
//
// What is refused: NaN in a JSON file is, as no JSON. Of imported predictions only
// the values of choices, labels, ratings, numbers and texts are checked. Imports
// are never too large, nor are addresses: the real server answers 414 for a request
// line of more than 64 KiB. A task whose data becomes a text by a PATCH keeps its data,
// where the real server answers 500 for it from then on.
//
// Ids and orders: an id is given once, where SQLite uses that of the last task
// again. Orders by columns of several values are its own, and so is that of the
// ids of annotations and the versions of predictions of one task, and of the
// columns of an imported file, which on the real server are in no order.
// Conditions that one annotation must meet together may be met by several.
//
// Counts: Tasks.Agreement answers as where it is turned on. Once tasks or projects
// were deleted, the real server may go on counting predictions that are gone; here
// they are gone.
//
// It answers what the contract of package labelstudio has. What is in the contract
// and not known to it is answered with 501, and fails the test with the
// operation's name. So is what the real server's API has and the contract leaves
// out, such as PUT beside PATCH: its name is that of its method and path, such as
// "PUT /api/tasks/{id}/". [Server.Answer] scripts answers to either. Whatever else
// there is no route for gets the web page that the real server has for that, and
// so do its web pages and routes with the format in their path.
//
// # What a test can do with it
//
// [Server.Fail] injects faults, [Server.Answer] scripts single answers,
// [Server.AddProject] and others seed data, [Server.Tasks] looks at it,
// [Server.Requests] lists what was asked, and [Server.Expect] and
// [WithExpectedCallsOnly] make unexpected and missing calls failures.
//
// The client waits for a quarter to a half of a second before its first retry, and
// longer before the next. That of [Server.Client] doesn't retry; others don't with
// labelstudio.WithRetries(0), which keeps a test of faults fast.
package labelstudiotest
