# Marquee: `make run` starts it, `make test` tests it. Only Python 3.11+ and make are needed.
SHELL := /bin/sh
UV_VERSION := 0.13.8
# --system-certs: behind a company proxy only the machine knows the right certificates.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null \
	&& command -v $$p && break; done)
BIN := .venv/bin
# A new lock means a new set-up; the stamps carry its checksum.
LOCK := $(shell cksum < requirements.lock | tr ' ' '-')
RUNTIME := .venv/.runtime-$(LOCK)
DEVELOPMENT := .venv/.development-$(LOCK)
TEST_WORKERS ?= 4
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --silent

.PHONY: setup run test check bench client clean

setup: $(RUNTIME)

run: $(RUNTIME)
	@exec $(BIN)/flask up

test: $(DEVELOPMENT)
	@for folder in tests/js packages/client; do \
		if command -v npm >/dev/null 2>&1 && [ ! -d $$folder/node_modules ]; then \
			$(NPM_CI) --prefix $$folder || echo "npm could not install $$folder; its tests are skipped"; fi; done
	@$(BIN)/pytest -n $(TEST_WORKERS)

check: $(DEVELOPMENT)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive app config workers migrations wsgi.py gunicorn.conf.py
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m tests.support.check_secrets

bench: $(DEVELOPMENT)
	@$(BIN)/python -m benchmarks

# The TypeScript package, from docs/openapi.json. Nothing else needs Node, so neither does `make check`.
client:
	@command -v npm >/dev/null 2>&1 || { echo "The TypeScript client needs npm and Node 20.19 or newer; npm was not found." >&2; exit 1; }
	@$(NPM_CI) --prefix packages/client
	@npm run --prefix packages/client --silent generate
	@npm run --prefix packages/client --silent build
	@npm run --prefix packages/client --silent check

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache tests/js/node_modules packages/client/node_modules packages/client/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/uv:
	@[ -n "$(PYTHON)" ] || { echo "Marquee needs Python 3.11 to 3.14 on PATH; none was found." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { echo "$(PYTHON) is too old: Marquee needs Python 3.11 to 3.14." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python has no ensurepip; install it first (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(RUNTIME): | .venv/bin/uv
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --system-certs --quiet --compile-bytecode --require-hashes -r pyproject.toml -c requirements.lock
	@rm -f .venv/.runtime-* && touch $@

$(DEVELOPMENT): | .venv/bin/uv
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --system-certs --quiet --compile-bytecode --require-hashes -r requirements.lock
	@rm -f .venv/.development-* .venv/.runtime-* && touch $@ $(RUNTIME)
