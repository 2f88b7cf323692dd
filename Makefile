# Hexspot. `make help` lists the targets; `make demo` and `make test` are the
# only commands a fresh machine with Go and a C compiler needs.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# One set of flags for every go command: another set compiles the whole tree again.
export GOFLAGS := -trimpath -buildvcs=false -tags=sqlite_omit_load_extension
# The C code (SQLite, H3) is compiled for size, without what nothing uses: 0.7 MB.
export CGO_CFLAGS  := -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-DSQLITE_OMIT_JSON -DSQLITE_OMIT_TRACE -DSQLITE_UNTESTABLE \
	-DSQLITE_OMIT_INTROSPECTION_PRAGMAS -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_PROGRESS_CALLBACK \
	-DSQLITE_OMIT_GET_TABLE
export CGO_LDFLAGS := -Wl,--gc-sections

# What hexspot uses now and then is compiled without inlining: 0.4 MB of 12.
SMALL := compress/... crypto/ecdsa crypto/tls crypto/x509 database/sql encoding/... flag fmt log/... math/big mime/... \
	net net/http/... os regexp/... text/... time vendor/... hexspot/cmd/... hexspot/coverage/... hexspot/gateway/... \
	hexspot/hardware/keys hexspot/radio hexspot/witness/log golang.org/x/crypto/... \
	github.com/brocaar/... github.com/eclipse/... github.com/gorilla/... github.com/mattn/... github.com/pelletier/... \
	$(addprefix google.golang.org/protobuf/,encoding/... internal/descfmt internal/filedesc internal/impl reflect/... types/...)
# It speaks MQTT over WebSocket, which is HTTP/1.1: it goes without HTTP/2.
export HEXSPOT_FLAGS := -tags=sqlite_omit_load_extension,nethttpomithttp2 $(foreach packages,$(SMALL),-gcflags=$(packages)=-l)

VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -s -w -X hexspot/cmd/internal/version.Version=$(VERSION)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GROUPS      ?= core web cross chain test
FUZZTIME    ?= 30s
# A record of real receptions to replay in the demo; without one, a town.
RECORD      ?=
DEMO        ?= $(if $(RECORD),--replay $(RECORD))

.PHONY: help deps build demo test race check bench fuzz cross clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

deps: ## install what is missing (GROUPS="core web cross chain test")
	@.ci/deps $(GROUPS)

build: ## build bin/hexspot and bin/hexnet
	@mkdir -p bin
	go build -ldflags '$(LDFLAGS)' $(HEXSPOT_FLAGS) -o bin/ ./cmd/hexspot
	go build -ldflags '$(LDFLAGS)' -o bin/ ./cmd/hexnet

demo: ## run a town: hotspots and devices on simulated air, with a page that shows it (RECORD=FILE, DEMO="--for 60s ...")
	@.ci/deps core
	@$(MAKE) --no-print-directory build
	bin/hexnet demo $(DEMO)

test: ## run every test
	@.ci/deps core test
	go test -timeout 20m ./...

race: ## run every test under the race detector
	@.ci/deps core test
	go test -race -timeout 20m ./...

check: ## formatting, vet, staticcheck, house rules, generated files
	@.ci/deps core test
	@.ci/check $(STATICCHECK)

bench: ## Go benchmarks and whole-program measurements
	@.ci/deps core
	@$(MAKE) --no-print-directory build
	go test -run '^$$' -bench . -benchmem ./...
	bin/hexnet bench --hexspot bin/hexspot
	bin/hexnet bench journal
	bin/hexnet bench verify

fuzz: ## fuzz every target for FUZZTIME (default 30s)
	@.ci/fuzz $(FUZZTIME)

cross: ## build for arm64 and armhf, run under emulation, check sizes
	@.ci/deps cross
	@.ci/cross '$(LDFLAGS)'

clean: ## remove what was built
	rm -rf bin
