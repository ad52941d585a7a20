# Every target is a few lines that a person could type.
#   make demo    build both programs, make a town with layers (or take PLATE=, or SPEC=, which has PROJ built), serve it, print the address of the map
#   make test    every test, from unit to the browser
#   make lint    format, clippy and docs, warnings as errors
#   make bench   the benchmarks
#   make bench-peers  the same look-ups through other systems, as one table (SPEC= or PLATE=, OUT= a file for it)
#   make web     the map page alone
#   make book    docs/ as pages, in target/book and target/book/zh
#   make package       what is installed, in dist/: a tarball, a .deb, the debug lines, the SBOM and the sums
#   make release       the same and the crates, made so that one commit gives the same bytes again
#   make test-package  the .deb in clean Debians (SUITES=), from its installation to the map, and its unit in one that boots
SHELL := /bin/bash -eu -o pipefail
LISTEN ?= 127.0.0.1:8080
VENV   ?= .venv

# On a CI machine the build output outlives the checkout.
ifdef CI
export CARGO_TARGET_DIR ?= $(HOME)/.cache/baseplate/target
VENV := $(HOME)/.cache/baseplate/venv
TOOLS := $(HOME)/.cache/baseplate/tools
endif
TOOLS ?= .tools
TARGET := $(or $(CARGO_TARGET_DIR),target)
export BASEPLATE   := $(abspath $(TARGET))/release/baseplate
export TILE_SERVER := $(abspath $(TARGET))/release/tile-server

PACKAGING := crates/tile-server/packaging
SUITES ?= bookworm bullseye

.PHONY: demo test test-rust test-oracle test-page test-package lint bench bench-peers build build-demo build-without-proj web book package release deps deps-test

# The town needs neither PROJ, which takes minutes to build, nor all that the compiler can do; your own files and plates may.
ifeq ($(SPEC)$(PLATE),)
demo: BASEPLATE   := $(abspath $(TARGET))/demo/baseplate
demo: TILE_SERVER := $(abspath $(TARGET))/demo/tile-server
endif
demo: $(if $(SPEC),build,$(if $(PLATE),build-without-proj,build-demo)) demo/city.key
	@if [ -n "$(PLATE)" ]; then plate="$(PLATE)"; elif [ -n "$(SPEC)" ]; then \
	  plate="demo/$$(basename "$(SPEC)" .toml).plate"; \
	  $(BASEPLATE) build "$(SPEC)" --out "$$plate" --key-file demo/city.key; \
	else plate=demo/town.plate; \
	  $(BASEPLATE) synth --out demo/town --scale town; \
	  $(BASEPLATE) build demo/town/spec.toml --out "$$plate" --key-file demo/city.key; \
	  add() { $(BASEPLATE) layer list "$$plate" | grep -q "^$$1," || \
	    $(BASEPLATE) layer add "$$plate" "demo/town/$$1.csv" --audience public --yes --title "$$2" --category "$$3" $${4:+--crs $$4}; }; \
	  add hotline "12345 工单" 民生诉求; add parts 城市部件 城市管理 gcj02; \
	  add cameras 摄像头 公共安全 gcj02; add rentals 出租屋 人口房屋; fi; \
	exec $(TILE_SERVER) "$$plate" --listen $(LISTEN)

# Ids of people are stored under a key only. Whoever has the key and a plate can look for an id in it.
demo/city.key:
	@mkdir -p demo && (umask 077; head -c 32 /dev/urandom | base64 > $@)

# Both programs in one build, so that nothing is compiled for each of them.
build-without-proj: web
	cargo build --release -p baseplate-cli -p tile-server

build-demo: web
	cargo build --profile demo -p baseplate-cli -p tile-server

build: deps web
	cargo build --release -p baseplate-cli --features proj
	cargo build --release -p tile-server

web: crates/tile-server/page/index.html

crates/tile-server/page/index.html: web/package-lock.json web/index.html $(wildcard web/src/* web/src/*/* web/public/* web/*.ts)
	cd web && npm ci --no-audit --no-fund && npm run build

# What programs say is compared in English, whatever the language of whoever runs the tests.
test test-rust test-oracle test-page: export LC_ALL := C.UTF-8
test: lint test-rust test-oracle test-page

test-rust: build
	cargo test --workspace
	cargo test --release -p baseplate-core --features proj --test projections

test-oracle: build deps-test
	$(VENV)/bin/python -m pytest -q -rs -n 2 --dist loadfile --no-loadscope-reorder crates/baseplate-cli/tests/oracle

test-page: build deps-test
	bash web/test/run

test-package: package
	@.ci/apt mmdebstrap=mmdebstrap curl=curl lintian=lintian systemd-nspawn=systemd-container
	$(PACKAGING)/check dist
	$(PACKAGING)/try-in-chroot dist/baseplate_*_amd64.deb $(SUITES)
	$(PACKAGING)/try-unit dist/baseplate_*_amd64.deb

package: deps web $(TOOLS)/zig/bin/cargo-zigbuild
	PATH="$(abspath $(TOOLS)/zig/bin):$$PATH" $(PACKAGING)/build $(TARGET)/packaged
	rm -rf dist
	$(PACKAGING)/package $(TARGET)/packaged dist

release: package
	rm -f $(TARGET)/package/*.crate
	cargo package --locked --workspace --exclude baseplate-benches --exclude baseplate-examples --no-verify --allow-dirty
	cp $(TARGET)/package/*.crate dist/
	cd dist && rm SHA256SUMS && sums=$$(sha256sum -- *) && echo "$$sums" > SHA256SUMS

$(TOOLS)/zig/bin/cargo-zigbuild: $(PACKAGING)/requirements.txt
	@python3 -m venv $(TOOLS)/zig || { .ci/apt always=python3-venv && python3 -m venv $(TOOLS)/zig; }
	$(TOOLS)/zig/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

lint: build $(TOOLS)/bin/cargo-deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --release -p baseplate-cli --features proj -- -D warnings
	for features in '' geocode tile stats build schema; do \
	  cargo clippy -p baseplate-core --all-targets --no-default-features --features "$$features" -- -D warnings; done
	cargo clippy -p tile-server -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
	$(TOOLS)/bin/cargo-deny --workspace check licenses bans sources
	@if $(TOOLS)/bin/cargo-deny --workspace fetch db >/dev/null 2>&1; then $(TOOLS)/bin/cargo-deny --workspace check advisories; \
	else echo "advisories were NOT checked: their database cannot be reached from here"; fi
	@cd web && if audit=$$(npm audit --omit=dev 2>&1); then echo "npm: $$audit"; \
	elif grep -q 'audit endpoint returned an error\|ENOTFOUND\|ECONN\|ETIMEDOUT' <<<"$$audit"; then \
	  echo "packages of the page were NOT audited: their registry does not answer"; \
	else echo "$$audit"; exit 1; fi
	$(PACKAGING)/inventory.py --sbom $(TARGET)/sbom.cdx.json --licences $(TARGET)/licences.txt

$(TOOLS)/bin/cargo-deny:
	cargo install -q cargo-deny --version 0.18.9 --locked --root $(TOOLS) --target-dir $(abspath $(TARGET))/tools

bench: build
	cargo bench -p baseplate-benches

# The script installs what each peer needs, and says which peer could not be had.
bench-peers:
	cargo build --release -p baseplate-benches --example peers
	@test -x $(VENV)-peers/bin/python || python3 -m venv $(VENV)-peers || { .ci/apt always=python3-venv && python3 -m venv $(VENV)-peers; }
	$(VENV)-peers/bin/python benches/peers/peers.py --program $(dir $(BASEPLATE))examples/peers \
	  --ground "$(or $(PLATE),$(SPEC),data/town/spec.toml)" $(if $(OUT),--out "$(OUT)")

# English first: it empties the folder in which the Chinese book lies.
book: $(TOOLS)/bin/mdbook
	$(TOOLS)/bin/mdbook build docs --dest-dir $(abspath $(TARGET))/book
	$(TOOLS)/bin/mdbook build docs/zh --dest-dir $(abspath $(TARGET))/book/zh

$(TOOLS)/bin/mdbook:
	cargo install -q mdbook --version 0.5.4 --locked --no-default-features --features search --root $(TOOLS) --target-dir $(abspath $(TARGET))/tools

# What building needs beyond Rust, a C++ compiler and Node.js: installed only where it is missing.
deps:
	@.ci/apt cmake=cmake sqlite3=sqlite3 /usr/include/sqlite3.h=libsqlite3-dev

# What testing needs on top: a browser, curl, fonts for Chinese labels, Python packages that know better than we do.
deps-test:
	@.ci/apt chromium=chromium curl=curl /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc=fonts-noto-cjk
	@test -x $(VENV)/bin/python || python3 -m venv $(VENV) || { .ci/apt always=python3-venv && python3 -m venv $(VENV); }
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r crates/baseplate-cli/tests/oracle/requirements.txt
