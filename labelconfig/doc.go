// Package labelconfig reads Label Studio's label configs: the XML that says
// which objects a task shows and with which controls they are labeled. It needs
// no server.
//
//   - [Validate] says whether the server takes a label config, and if not, what
//     is wrong and where.
//   - [Parse] says which controls, objects and labels it has, and which keys of
//     a task's data it reads.
//   - [Lint] warns of what the server takes and the editor can't use.
//   - [Config.CheckTask] says whether the server would import a task, before it
//     is sent.
package labelconfig
