// Package webhook receives what Label Studio's webhooks send: [Parse] makes a
// typed [Event] of a delivery, [NewHandler] is an [http.Handler] around it, and
// [Registration] the request that makes the server deliver to it.
//
// The server posts each event once, inside the request that causes it, and
// waits a second for the answer (WEBHOOK_TIMEOUT in its environment). It does
// not look at the answer and never sends an event again: what is refused, comes
// too late or fails is lost. So work that takes long belongs behind a [Queue],
// and whoever must not miss anything compares with the API now and then.
//
// Deliveries are not signed. All that tells them from anybody else's requests
// is the headers that the webhook was made with: see [Header].
//
// Label Studio Community sends no event for changes of tasks, for predictions,
// for annotations that come with imported tasks, for those that the action
// propagate_annotations makes, and for one that was turned into a draft. Those
// of storages' syncs are in TASKS_CREATED.
package webhook
