# Everything is one command on a machine with Go 1.26, a C compiler and
# Python 3.10 to 3.13 with venv. Downloads are kept in the user's cache folder.

GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RECORDED     ?= .build/recorded.jsonl
SERVER       ?= real
SPEC         ?= effective
VERSION      ?=

.PHONY: demo test generate check routes update lock fidelity table mutate bench lint tools

demo: tools ## walk through the client against a real server: SERVER=embedded for the one in memory
	@LABELSTUDIO_SERVER=$(SERVER) go run ./examples/demo

test: tools ## unit, golden and end-to-end tests
	cd examples/opentelemetry && go test -race ./...
	cd examples/consumertest && go test -race ./...
	cd e2e/parts && go vet ./...
	go test -race -timeout 30m ./...

generate: ## write generated/ from openapi/ and overlay/
	go generate ./...

check: ## fail if anything checked in is not what generate writes
	go run ./gen check

routes: tools ## account for every route of a server: make routes VERSION=1.22.0
	go run ./gen routes -version "$(VERSION)"

update: tools ## take the contract of another server: make update VERSION=1.23.2
	go run ./gen update -version "$(VERSION)"

lock: tools ## lock the server's requirements: make lock VERSION=1.23.2
	go run ./e2e/lock -version "$(VERSION)"

fidelity: $(RECORDED) ## hold what the end-to-end tests exchanged against the contract: SPEC=upstream for the uncorrected one, SERVER=embedded for the server in memory
	go run ./e2e/fidelity -recorded $(RECORDED) -spec $(SPEC) $(if $(filter embedded,$(SERVER)),-partial)

table: $(RECORDED) ## write the figures of the groups into README.md
	go run ./e2e/fidelity -recorded $(RECORDED) -readme README.md

mutate: $(RECORDED) ## leave out each security and truth action in turn: each must be noticed
	go run ./e2e/fidelity -recorded $(RECORDED) -mutate

bench: tools ## compare with other clients, on Linux: a line for each figure, "name ours peer ratio"
	go run ./bench

# Recorded anew each time: what it holds depends on the server and the tests.
.PHONY: $(RECORDED)
$(RECORDED): tools
	@mkdir -p $(dir $@) && rm -f $@
	LABELSTUDIO_SERVER=$(SERVER) LABELSTUDIO_RECORD=$(abspath $@) go test -count=1 -timeout 30m ./e2e

lint:
	go run $(GOLANGCI_LINT) run ./...

tools:
	@command -v go >/dev/null || { echo "go is missing: install Go 1.26 or newer" >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || command -v gcc >/dev/null || \
		{ echo "a C compiler is missing: install gcc or clang, which go test -race needs" >&2; exit 1; }
