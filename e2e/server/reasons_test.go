package server

import "testing"

func TestPipReason(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, output, want string }{
		{
			"no such version",
			"Looking in indexes\n" +
				"ERROR: Ignored the following versions that require a different python version: 0.9.0 Requires-Python >=3.5, <3.9; 0.9.1 Requires-Python >=3.5, <3.9\n" +
				"ERROR: Could not find a version that satisfies the requirement label-studio==1.99.0 (from versions: 1.22.0, 1.23.2)\n" +
				"ERROR: No matching distribution found for label-studio==1.99.0\n",
			"there is no Label Studio 1.99.0 in the package index",
		},
		{
			"another Python",
			"ERROR: Ignored the following versions that require a different python version: 0.9.1 Requires-Python >=3.5, <3.9; 1.99.0 Requires-Python >=3.14\n" +
				"ERROR: Could not find a version that satisfies the requirement label-studio==1.99.0 (from versions: 1.23.2)\n",
			"Label Studio 1.99.0 needs another version of Python",
		},
		{
			"no network",
			"WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('Failed to establish a new connection')': /label-studio/\n" +
				"ERROR: Could not find a version that satisfies the requirement label-studio==1.99.0 (from versions: none)\n" +
				"ERROR: No matching distribution found for label-studio==1.99.0\n",
			"the package index cannot be reached: check the network and pip's settings",
		},
		{
			"a dependency is not there",
			"ERROR: Could not find a version that satisfies the requirement grpcio==1.2 (from versions: none)\n",
			"the package index has no grpcio==1.2 for this Python and system",
		},
		{
			"hash",
			"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.\n" +
				"    attrs from file: Expected sha256 0\n",
			"a package is not the one that was locked: its hash differs",
		},
		{
			"anything else",
			"Collecting attrs\nERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n\n[notice] A new release of pip\n",
			"Could not install packages due to an OSError: [Errno 28] No space left on device",
		},
		{"no reason marked", "one\ntwo\n\n", "two"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := pipReason(test.output, "1.99.0"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
