# Chumchon: `make` lists what can be done.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MEMBERS := shared gateway services/households services/funds services/otop services/tourism deploy/embedded tools
CODE := $(MEMBERS) tests
# make's own variables reach the commands: `make run CHUMCHON_PORT=8080` works like the environment.
export CHUMCHON_DATA ?= $(CURDIR)/data
export CHUMCHON_PORT ?= 8000

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} \
	  /^[a-z-]+:.*## / {printf "  \033[1m%-17s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Run
.PHONY: setup
setup: $(READY) ## the environment in .venv, exactly as locked (only the first time takes long)

$(READY): requirements.lock deploy/uv.requirements.lock deploy/setup $(addsuffix /pyproject.toml,$(MEMBERS))
	@PYTHON="$(PYTHON)" VENV="$(VENV)" deploy/setup
	@touch $@

.PHONY: run
run: $(READY) ## everything in one process with demo data: http://127.0.0.1:8000/docs
	@exec $(BIN)/python -m embedded.run

.PHONY: demo
demo: $(READY) ## tell the story of one poor household to a running system
	@$(BIN)/python -m tools.demo

.PHONY: demo-funds
demo-funds: $(READY) ## lend to a tambon's women and cure a district's poverty funds in a running system
	@$(BIN)/python -m tools.demo.funds "$(CHUMCHON_DATA)/demo-credentials.json"

.PHONY: token
token: $(READY) ## a bearer token of the running demo, with all rights; of a person: make -s token WHO=chair3415
	@$(BIN)/python -m tools.demo.token $(WHO)

.PHONY: run-distributed
run-distributed: $(READY) ## separate processes with real PostgreSQL and RabbitMQ
	@exec $(BIN)/python -m embedded.distributed

.PHONY: up
up: $(READY) ## the same in containers (needs Docker)
	@$(BIN)/python -m embedded.containers "$${CHUMCHON_SECRETS:-data/compose}"
	@uid=$$(id -u); [ $$uid -ne 0 ] || uid=10001; CHUMCHON_UID=$$uid CHUMCHON_GID=$$uid docker compose up --build

.PHONY: clean-data
clean-data: ## remove the data folder (database, secrets, files)
	@$(if $(wildcard $(READY)),$(BIN)/python -m embedded.clean,rm -rf "$(CHUMCHON_DATA)")

## Check
.PHONY: test
test: $(READY) ## all tests, on private PostgreSQL and RabbitMQ; some: make test PYTEST=services/funds
	@$(BIN)/pytest -n 2 --dist loadfile -q $(PYTEST)

.PHONY: lint
lint: $(READY) ## ruff, the project's own rules, who may import whom, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m tools.lint
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.lint.migrations

.PHONY: format
format: $(READY) ## put the code into the one shape
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

.PHONY: types
types: $(READY) ## mypy, strict
	@status=0; for member in $(CODE); do $(BIN)/mypy $$member || status=1; done; exit $$status  # each has its `tests`

.PHONY: bench
bench: $(READY) ## the figures, with their method
	@$(BIN)/python -m tools.bench

## Keep
.PHONY: contracts
contracts: $(READY) ## write contracts/: event schemas with examples, AsyncAPI, OpenAPI
	@$(BIN)/python -m tools.contracts

.PHONY: contracts-check
contracts-check: $(READY) ## is contracts/ what the code says, and compatible with what was promised?
	@$(BIN)/python -m tools.contracts --check

.PHONY: dlq-list
dlq-list: $(READY) ## events that no consumer could take
	@$(BIN)/python -m embedded.dead_letters list

.PHONY: dlq-replay
dlq-replay: $(READY) ## give them to their consumers again: make dlq-replay CONSUMER=funds.known_households
	@$(BIN)/python -m embedded.dead_letters replay $(CONSUMER)

.PHONY: books-check
books-check: $(READY) ## count the funds' books anew: make books-check BOOKS=--rebuild
	@$(BIN)/python -m embedded.books $(BOOKS)

.PHONY: lock
lock: $(READY) ## choose versions anew and write requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url \
	  $(addprefix --no-emit-package chumchon-,embedded funds gateway households otop shared tools tourism) \
	  --group dev pyproject.toml -o requirements.lock
