# `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help build demo test race lint fmt bench fuzz check-slacktest clean

GO          ?= go
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME    ?= 30s

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

build: ## build ./slabuddy
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o slabuddy ./cmd/slabuddy

demo: ## the whole thing, with nothing to install or configure
	$(GO) run ./cmd/slabuddy demo

test: lint race ## everything that must hold: lint, then all tests on both databases, with the race detector

race:
	@.ci/with-postgres .ci/with-browser $(GO) test -race -vet=off -timeout 5m $(TESTFLAGS) ./...
	@cd cmd/bench && ../../.ci/with-postgres $(GO) test -race -vet=off -timeout 5m $(TESTFLAGS) ./...

lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	@$(GO) vet ./...
	@$(STATICCHECK) ./...
	@cd cmd/bench && $(GO) vet ./... && $(STATICCHECK) ./...

fmt: ## format the code
	gofmt -w .

bench: ## the figures that the program promises, each beside its baseline
	@cd cmd/bench && ../../.ci/with-postgres $(GO) run . $(BENCHFLAGS)

fuzz: ## each fuzz target for FUZZTIME (30s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r pkg; do \
		for target in $$($(GO) test -list '^Fuzz' "$$pkg" | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done; \
	done

check-slacktest: ## the simulated Slack, driven by Slack's own client for Node (needs Node 20)
	npm install --prefix handlers/slacktest/webapi --silent --no-package-lock
	$(GO) test -tags webapi -count=1 ./handlers/slacktest/webapi

clean: ## remove what was built here
	rm -f slabuddy slabuddy.exe
