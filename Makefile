# Small Caps, Tested. `make help` lists what can be done; every step of the checks is a target here.

PYTHON ?= python3
VENV   := .venv/bin/python
PORT   ?= 8000
FILE   ?= runs/example.yml

# An installer that compiles nothing and this variable together would make every kernel compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: audit newest record sweep web pdf epub data data-verdicts help book compare run runs verify test test-all lint format serve lab lock clean env env-dev screenshot bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: env ## build the book into _build/html (START=YYYY-MM END=YYYY-MM NAME= VINTAGE=: an edition of its own)
	@$(VENV) -m smallcaps book --start "$(START)" --end "$(END)" --name "$(NAME)" --vintage "$(VINTAGE)"

pdf: book ## the book as one PDF for paper, _build/small-caps-tested.pdf (needs Debian's chromium)
	@$(VENV) -m smallcaps pdf

epub: book ## the book as an ePub, _build/small-caps-tested.epub
	@$(VENV) -m smallcaps epub

compare: env ## verdicts, numbers and inputs that differ: A=book B=1990-01_2020-12
	@$(VENV) -m smallcaps compare "$(A)" "$(B)"

run: env ## run one chapter: CHAPTER=election_cycles START=1960-01 END=2015-12 SET="horizon=6" (DATA_DIR=: own tables)
	@$(VENV) -m smallcaps run "$(CHAPTER)" --start "$(START)" --end "$(END)" --set "$(SET)" --vintage "$(VINTAGE)"

runs: env ## run what a file lists, several at a time: FILE=runs/example.yml
	@$(VENV) -m smallcaps runs "$(FILE)"

verify: env ## rebuild from the snapshot in a clean place; every number of the book must come out again (NAME=: an edition)
	@$(VENV) -m smallcaps verify --name "$(or $(NAME),book)"

test: env-dev ## the tests that take minutes, offline
	@$(VENV) -m pytest -m "not slow" -n 2 --dist loadgroup

test-all: env-dev ## all tests: simulations, kill tests, every page in a browser
	@$(VENV) -m pytest -n 2 --dist loadgroup

lint: env-dev ## ruff, clean notebooks, valid and safe workflow files
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m smallcaps lint-notebooks
	@$(VENV) -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(dir $(VENV))zizmor --offline --quiet .github/workflows

format: env-dev ## let ruff format the code
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix .

web: ## install what the page checks need from npm (axe-core)
	@npm install --prefix tests/web --omit=optional --silent

serve: env ## serve the built book on this machine (PORT=8000)
	@$(VENV) -m smallcaps serve --port $(PORT)

lab: ## open the chapters in JupyterLab
	@$(PYTHON) smallcaps/environment.py lab
	@$(VENV) -m jupyterlab chapters

screenshot: env-dev ## take the README's picture of the built book (needs Debian's chromium)
	@$(VENV) tests/screenshot.py _build/html/index.html docs/book.png

bench: env-dev ## measure the build against the plain way (minutes; ONLY="clone rebuilds" REPEATS=3)
	@$(VENV) -m benchmarks --repeats $(or $(REPEATS),3) --only $(ONLY)

data: ## refresh the data from their publishers (ONLY=fred,french ACCEPT=table DRY_RUN=1)
	@$(PYTHON) smallcaps/environment.py data
	@$(VENV) -m smallcaps data --only "$(ONLY)" --accept "$(ACCEPT)" \
	  $(if $(filter-out 0,$(DRY_RUN)),--dry-run) $(if $(filter-out 0,$(OFFLINE)),--offline)

data-verdicts: env ## what two builds differ in: BEFORE=results.json AFTER=results.json
	@$(VENV) -m smallcaps data-verdicts "$(BEFORE)" "$(AFTER)"

record: book ## record what the book found on this vintage in data/history, for the page that compares vintages
	@$(VENV) -m smallcaps record --vintage "$(VINTAGE)"

sweep: env-dev ## bigger grids of specifications: CLAIMS="election-83" SCHEDULER=tcp://host:8786 (none: this machine)
	@$(VENV) -m smallcaps sweep $(CLAIMS) --scheduler "$(SCHEDULER)" --start "$(START)" --end "$(END)"

lock: env ## compile the requirements*.in into requirements*.txt, for Python 3.11 to 3.13
	@for list in requirements requirements-dev requirements-lab requirements-data; do \
	  $(VENV) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --no-emit-index-url --no-emit-find-links $$list.in -o $$list.txt || exit 2; \
	done

audit: env-dev ## ask whether a pinned package is known to be unsafe (needs the network)
	@$(VENV) -m upkeep.audit requirements*.txt

newest: ## lint, build and test a copy with the newest packages that the requirements allow (STEPS="lint book test")
	@$(PYTHON) -m upkeep.newest $(STEPS)

clean: env ## remove what builds have written (the environment stays)
	@$(VENV) -m smallcaps clean

env:
	@$(PYTHON) smallcaps/environment.py

env-dev:
	@$(PYTHON) smallcaps/environment.py dev
