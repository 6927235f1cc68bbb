# Everything is one command on a machine with Go 1.26, a C compiler and
# Python 3.10 to 3.13 with venv. Downloads are kept in the user's cache folder.

GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   = golang.org/x/vuln/cmd/govulncheck@v1.9.0
ACTIONLINT    = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
RECORDED     ?= .build/recorded.jsonl
COVERED      ?= .build/cover.out
SERVER       ?= real
RAN          ?= .build/$(SERVER).ran
SPEC         ?= effective
VERSION      ?=
OLDER        ?=
TIME         ?= 30s
SEED         ?= 1
ROUNDS       ?= 1
FROM         ?=
TO           ?= latest
# The folders of all modules: those of examples and tools have requirements of their own.
MODULES       = . $(shell git ls-files '*/go.mod' ':!*/testdata/*' | xargs -n1 dirname)

.PHONY: demo test generate check routes update lock compatibility fidelity table ran mutate bench fuzz coverage faults ci drift propose open-proposal pr-drift comment verify vulncheck lint tools

demo: tools ## walk through the client against a real server, started or that of LABEL_STUDIO_URL: SERVER=embedded for the one in memory
	@LABELSTUDIO_SERVER=$(SERVER) go run ./examples/demo

test: tools ## unit, golden and end-to-end tests
	cd examples/opentelemetry && go test -race ./...
	cd examples/consumertest && go test -race ./...
	cd e2e/parts && go vet ./...
	cd gen/drift/differ && go vet ./...
	@mkdir -p $(dir $(COVERED)) $(dir $(RAN))
	go test -json -race -timeout 30m -coverpkg=.,./gen -coverprofile=$(COVERED) ./... | go run ./e2e/ran -keep $(RAN)

ci: ## the gate: all that must hold for what is checked in
	.ci/run

generate: ## write generated/ from openapi/ and overlay/
	go generate ./...

check: ## fail if anything checked in is not what generate writes
	go run ./gen check

routes: tools ## account for every route of a server: make routes VERSION=1.22.0
	go run ./gen routes -version "$(VERSION)"

update: tools ## move to another server, or list the overlays to mend: make update VERSION=1.23.2 (or latest)
	go run ./gen update -version "$(VERSION)"

drift: tools ## tell how one state of the API differs from another: make drift FROM=1.22.0 TO=1.23.2
	@go build -o .build/bin/gen ./gen
	@.build/bin/gen drift $(if $(FROM),-from "$(FROM)") -to "$(TO)" || [ $$? -lt 3 ]

lock: tools ## lock the server's requirements: make lock VERSION=1.23.2; an older one with OLDER=<day>
	go run ./e2e/lock -version "$(VERSION)" -older "$(OLDER)"

compatibility: tools ## run the tests of the core groups against older servers: writes docs/compatibility.md
	go run ./e2e/compatibility -write docs/compatibility.md

fidelity: $(RECORDED) ## hold what the end-to-end tests exchanged against the contract: SPEC=upstream for the uncorrected one, SERVER=embedded for the server in memory
	go run ./e2e/fidelity -recorded $(RECORDED) -spec $(SPEC) $(if $(filter embedded,$(SERVER)),-partial)

table: $(RECORDED) ## write the figures of the groups into README.md
	go run ./e2e/fidelity -recorded $(RECORDED) -readme README.md

ran: ## write docs/embedded.md from the last make test and make fidelity SERVER=embedded
	go run ./e2e/ran -write docs/embedded.md

mutate: $(RECORDED) ## leave out each security and truth action in turn: each must be noticed
	go run ./e2e/fidelity -recorded $(RECORDED) -mutate

bench: tools ## compare with other clients, on Linux: a line for each figure, "name ours peer ratio"
	go run ./bench -svg docs/bench.svg

coverage: ## how much the last make test reached: fails where docs/coverage.md doesn't say why
	go run ./e2e/coverage -profile $(COVERED)

fuzz: tools ## run each fuzz target for a time or a number of inputs: make fuzz TIME=30s
	.ci/fuzz "$(TIME)"

faults: tools ## break each call of the core groups in each way: SEED=2 ROUNDS=5 for others and more
	go run ./e2e/faults -seed $(SEED) -rounds $(ROUNDS)

# Recorded anew each time: what it holds depends on the server and the tests.
.PHONY: $(RECORDED)
$(RECORDED): tools
	@mkdir -p $(dir $@) $(dir $(RAN)) && rm -f $@
	LABELSTUDIO_SERVER=$(SERVER) LABELSTUDIO_RECORD=$(abspath $@) go test -json -count=1 -timeout 30m ./e2e | go run ./e2e/ran -keep $(RAN)

propose: tools ## move to another server, and say what a pull request for that would be: make propose VERSION=latest
	@VERSION="$(VERSION)" .ci/propose

open-proposal: ## open that pull request, with GH_TOKEN
	@.ci/open-proposal

pr-drift: tools ## tell what this branch does to the API and to our Go: make pr-drift BASE=origin/main
	@.ci/pr-drift

comment: ## put REPORT into a comment of the pull request PR
	@.ci/comment

verify: ## what is downloaded for each module is what its go.sum says, and that says no more
	@for dir in $(MODULES); do printf '%s: ' "$$dir"; go -C "$$dir" mod verify && go -C "$$dir" mod tidy -diff || exit 1; done

vulncheck: ## look for known vulnerabilities in each module: needs vuln.go.dev
	@failed=; for dir in $(MODULES); do echo "== $$dir"; go run $(GOVULNCHECK) -C "$$dir" ./... || failed=yes; done; [ -z "$$failed" ]

lint:
	go run $(GOLANGCI_LINT) run ./...
	go run $(ACTIONLINT) .github/workflows/*.yml

tools:
	@command -v go >/dev/null || { echo "go is missing: install Go 1.26 or newer" >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || command -v gcc >/dev/null || \
		{ echo "a C compiler is missing: install gcc or clang, which go test -race needs" >&2; exit 1; }
