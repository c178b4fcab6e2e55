# `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help build demo test race lint rules fmt bench fuzz check-failover check-slacktest check-desks check-deploy vuln clean

GO          ?= go
STATICCHECK_VERSION := v0.8.2
STATICCHECK := $(CURDIR)/dist/tools/staticcheck-$(STATICCHECK_VERSION)
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZTIME    ?= 30s

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./slabuddy
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o slabuddy ./cmd/slabuddy

demo: ## the whole thing, with nothing to install or configure
	$(GO) run ./cmd/slabuddy demo

test: lint rules race ## everything that must hold: lint, the alerts, then all tests on both databases, with the race detector

# Lint and tests compile alike, so that no package is compiled twice: a build from nothing takes longer than
# the tests. SQLite is C put into Go: watched by the race detector, it takes two thirds of the tests' time, and
# tells nothing of our code. What calls it is watched. GOFLAGS, because a test builds the program with -race too.
lint race: export GOFLAGS += -race -gcflags=modernc.org/sqlite/lib=-race=false
race:
	@echo "==> all tests, with the race detector"
	@.ci/with-postgres .ci/with-browser sh -c '\
		$(GO) test -vet=off -timeout 10m $(TESTFLAGS) ./... && \
		cd cmd/bench && $(GO) test -vet=off -timeout 10m $(TESTFLAGS) ./... && \
		echo "==> Passed: lint, alerts and all tests, on $$TESTED_DATABASES."'

lint: $(STATICCHECK) ## gofmt, go vet, staticcheck
	@echo "==> gofmt"
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	@echo "==> go vet (from nothing, it first compiles all that the tests need: some minutes)"
	@$(GO) vet ./...
	@$(GO) vet -tags desks ./escalation/helpdesk
	@cd cmd/bench && $(GO) vet ./...
	@echo "==> staticcheck"
	@$(STATICCHECK) ./...
	@cd cmd/bench && $(STATICCHECK) ./...

$(STATICCHECK):
	@echo "==> building staticcheck"
	@GOFLAGS= GOBIN=$(dir $@) $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION) && mv $(dir $@)staticcheck $@

rules: ## the alerts, and their own tests
	@echo "==> the alerts and their tests"
	@.ci/with-promtool promtool check rules deploy/prometheus/rules.yaml
	@cd deploy/prometheus && ../../.ci/with-promtool promtool test rules *_test.yaml

fmt: ## format the code
	gofmt -w .

bench: ## the figures that the program promises, each beside its baseline
	@cd cmd/bench && ../../.ci/with-postgres $(GO) run . $(BENCHFLAGS)

fuzz: ## each fuzz target for FUZZTIME (30s)
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r pkg; do \
		targets=$$($(GO) test -list '^Fuzz' "$$pkg") || exit 1; \
		for target in $$(echo "$$targets" | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done; \
	done

check-slacktest: ## the simulated Slack, driven by Slack's own client for Node (needs Node 20)
	npm install --prefix handlers/slacktest/webapi --silent --no-package-lock
	$(GO) test -tags webapi -count=1 ./handlers/slacktest/webapi

check-desks: ## our client of Request Tracker, against a real one (installed and started for it)
	@.ci/with-rt $(GO) test -tags desks -run Real -count=1 -vet=off -timeout 5m $(TESTFLAGS) ./escalation/helpdesk

check-failover: ## how soon the built program goes on when Postgres's primary is killed, or freezes
	@.ci/with-postgres $(GO) test -tags failover -count=1 -vet=off -timeout 10m -parallel 1 -run Failover $(TESTFLAGS) ./cmd/slabuddy

check-deploy: $(STATICCHECK) ## the files under deploy/ and .github/, each held to its own format
	@cd deploy/check && $(GO) vet ./... && $(STATICCHECK) ./...
	@cd deploy/check && ../../.ci/with-promtool ../../.ci/with-shellcheck ../../.ci/with-systemd $(GO) test -count=1 -vet=off -timeout 5m $(TESTFLAGS) ./...

vuln: ## known vulnerabilities in what we call (asks vuln.go.dev)
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

clean: ## remove what was built here
	rm -rf slabuddy slabuddy.exe dist
