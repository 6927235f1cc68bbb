// Package labelconfig reads Label Studio's label configs: the XML that says
// which objects a task shows and with which controls they are labeled. It needs
// no server.
package labelconfig
