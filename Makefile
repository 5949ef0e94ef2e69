PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ROUNDS ?= 20
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help

# the tests start processes by the dozen, which find their bytecode, as they would when installed
unexport PYTHONDONTWRITEBYTECODE

help:  ## Show what each target does
	@sed -n 's/^\([a-z][a-z-]*\):.*  ## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(VENV)/.run  ## Start the service; without a config.toml, a demo you can talk to
	@if [ -f config.toml ]; then exec $(BIN)/alertbot run; else exec $(BIN)/alertbot demo; fi

test: $(VENV)/.dev  ## Run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

check: check-style test  ## What every commit passes: format, lint, types, architecture, tests

check-style: $(VENV)/.dev  ## All of that but the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Rewrite the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(VENV)/.dev  ## Kill, freeze and starve real processes; ROUNDS=n for a longer round, ONLY="name ..."
	PYTHONPATH=tests $(BIN)/python -m chaos --rounds $(ROUNDS) $(if $(ONLY),--only $(ONLY))

bench-match: $(VENV)/.bench-match  ## Measure thousands of rules against other matchers
	$(BIN)/python bench/match.py --json bench/match.json

bench-backtest: $(VENV)/.dev  ## Measure a backtest of 10,000 briefs, phase by phase
	$(BIN)/python bench/backtest.py

bench-deliver: $(VENV)/.dev .venv-aiogram/.ready  ## Measure how fast alerts reach Telegram, beside other clients
	$(BIN)/python bench/deliver.py --json bench/deliver.json

bench-summarize: .venv-summarize/.ready  ## Measure the summarizer beside other libraries
	PYTHONPATH=. .venv-summarize/bin/python bench/summarize.py --json bench/summarize.json

bench-talk: $(VENV)/.dev  ## Measure the conversation beside 100,000 chats, on both databases
	$(BIN)/python bench/talk.py --json bench/talk.json

bench-poll: .venv-poll/.ready  ## Measure polls of thousands of feeds beside reader and httpx
	.venv-poll/bin/python bench/poll.py --json bench/poll.json

bench-attack: $(VENV)/.dev  ## Measure what hostile feeds and servers cost
	$(BIN)/python bench/attack.py --json bench/attack.json

bench-find: $(VENV)/.dev  ## Measure searches among 100,000 briefs
	$(BIN)/python bench/find.py

bench-watch: $(VENV)/.dev  ## Measure what the rules of chats cost a poll
	$(BIN)/python bench/watch.py

bench-push: $(VENV)/.dev .venv-push/.ready  ## Measure a push through a real hub, from ping to first send
	$(BIN)/python bench/push.py --hub-python .venv-push/bin/python --json bench/push.json

words: $(VENV)/.dev  ## Bring the catalogues of all languages up to date with the texts in the code
	$(BIN)/python tools/words.py

screenshots: $(VENV)/.dev  ## Draw the main conversations into docs/pictures
	PYTHONPATH=tests $(BIN)/python -m journeys.pictures

check-journeys: .venv-journeys/.ready  ## The main conversations through tg-auto-test (needs Python 3.12)
	PYTHONPATH=tests .venv-journeys/bin/python -m journeys.elsewhere

picture: $(VENV)/.run  ## Render the README's alert anew (needs Chromium)
	$(BIN)/python tools/picture.py

lock:  ## Renew the pinned, hashed requirements (needs uv)
	echo 'flit_core>=3.12,<4' | uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    pyproject.toml - --output-file requirements.lock
	echo 'flit_core>=3.12,<4' | uv pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    --extra dev --constraint requirements.lock pyproject.toml - --output-file requirements-dev.lock

clean:  ## Remove the virtual environment and all caches
	rm -rf $(VENV) .venv-journeys .venv-aiogram .venv-poll .venv-push .venv-summarize .mypy_cache .ruff_cache .pytest_cache \
	    .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("alertbot needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make run PYTHON=python3.13")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing alertbot into $(VENV) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(VENV)/.bench-match: bench/requirements-match.lock $(VENV)/.run
	@echo "Installing what is measured into $(VENV) ..."
	-@$(PIP) install --require-hashes --only-binary :all: -r bench/requirements-match.lock
	@touch $@

.venv-summarize/.ready: bench/requirements-summarize.lock requirements.lock
	@$(PYTHON) -m venv .venv-summarize
	@.venv-summarize/bin/python -m pip --disable-pip-version-check --quiet install \
	    --require-hashes -r requirements.lock -r bench/requirements-summarize.lock
	@touch $@

.venv-aiogram/.ready: bench/requirements-deliver.lock
	@$(PYTHON) -m venv .venv-aiogram
	@.venv-aiogram/bin/python -m pip --disable-pip-version-check --quiet install \
	    --require-hashes --only-binary :all: -r bench/requirements-deliver.lock
	@touch $@

.venv-poll/.ready: bench/requirements-poll.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 12) or sys.exit("reader needs Python 3.12 or newer; this is " + sys.version.split()[0] + ". Try: make bench-poll PYTHON=python3.13")'
	@$(PYTHON) -m venv .venv-poll
	@.venv-poll/bin/python -m pip --disable-pip-version-check --quiet install \
	    --require-hashes -r requirements.lock -r bench/requirements-poll.lock
	@.venv-poll/bin/python -m pip --disable-pip-version-check --quiet install \
	    --no-deps --no-build-isolation --editable .
	@touch $@

.venv-push/.ready: bench/requirements-push.lock
	@$(PYTHON) -m venv .venv-push
	@.venv-push/bin/python -m pip --disable-pip-version-check --quiet install \
	    --require-hashes -r bench/requirements-push.lock
	@touch $@

.venv-journeys/.ready: tests/journeys/requirements-elsewhere.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 12) or sys.exit("tg-auto-test needs Python 3.12 or newer; this is " + sys.version.split()[0] + ". Try: make check-journeys PYTHON=python3.13")'
	@$(PYTHON) -m venv .venv-journeys
	@.venv-journeys/bin/python -m pip --disable-pip-version-check --quiet install \
	    --require-hashes -r requirements.lock -r tests/journeys/requirements-elsewhere.lock
	@.venv-journeys/bin/python -m pip --disable-pip-version-check --quiet install \
	    --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help run test check check-style format chaos bench-match bench-backtest bench-deliver \
    bench-summarize bench-poll bench-attack bench-push bench-find bench-watch bench-talk words \
    screenshots check-journeys picture lock clean
