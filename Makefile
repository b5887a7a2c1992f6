# Two commands: `make run` and `make test`. Everything else is for people who work on the project.
PYTHON ?= python3
BIN := .venv/bin
# Processes that share the tests; each starts servers and a browser of its own. WORKERS=0: all in one.
WORKERS ?= 2
# A file stays whole: what its fixtures set up once is set up once.
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile

.PHONY: run test check lint types imports show setup setup-dev clean

run: setup
	@exec $(BIN)/idp run

test: setup-dev
	$(PYTEST)

check: setup-dev lint types imports
	@rm -f .pytest_cache/v/cache/lastfailed
	$(PYTEST) || { [ $$? -eq 1 ] && scripts/second-look $(BIN)/python; }

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

show: setup-dev
	$(BIN)/python -m tests.journeys.show
	$(BIN)/python -m tests.journeys.show_newcomer

setup: .venv/runtime.done var/models.done idp/static/vendor/pico.min.css

setup-dev: .venv/dev.done var/models.done node_modules/dev.done
	@sh scripts/install-test-tools

# Marker files are written last: an interrupted step is done again, a finished one never.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime.done: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements-dev.lock .venv/runtime.done
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

var/models.done: liveness/models.toml .venv/runtime.done
	$(BIN)/python -m liveness models install --directory var/models
	@touch $@

idp/static/vendor/pico.min.css: package-lock.json
	npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	npm run --silent vendor
	@touch $@

# What the tests load besides. Each `npm ci` empties the folder, and this marker with it.
node_modules/dev.done: idp/static/vendor/pico.min.css
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf .venv node_modules var idp/static/vendor show
