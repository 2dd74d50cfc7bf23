# Two commands: `make demo` shows a month-end close, `make test` proves it. `make help` lists all.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# The first of these that is new enough makes .venv; name your own with PYTHON=…
PYTHON ?= python3 python3.13 python3.12 python3.11
# Another number is another generated company and month; empty keeps the one that is there.
SEED ?=
NAME ?=
# Pay lines of the bench; the standard load is a million.
LINES ?= 1000000

BIN := .venv/bin
SUPERVISOR := $(BIN)/python -m supervisor
OLD_PYTHON := Tieout needs Python 3.11, 3.12 or 3.13 and found none. Install one, or name it: make setup PYTHON=/path/to/python3.12

.PHONY: help setup up demo down status logs clean lint fmt test bench docs lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make or refresh .venv from the lock
	@for python in $(PYTHON); do \
	    if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
	        exec "$$python" -I include/supervisor/install.py; \
	    fi; \
	done; \
	echo "$(OLD_PYTHON)" >&2; exit 1

demo: setup ## run a whole month-end close and tie it out; SEED=7 for another month
	@$(SUPERVISOR) demo --seed "$(SEED)"

up: setup ## start everything in everyday mode, schedules on
	@$(SUPERVISOR) up --seed "$(SEED)"

down: setup ## stop everything
	@$(SUPERVISOR) down

status: setup ## show what runs
	@$(SUPERVISOR) status

logs: setup ## show the end of every log; NAME=scheduler follows one
	@$(SUPERVISOR) logs --name "$(NAME)"

clean: setup ## stop everything and delete what was made at run time; .venv stays
	@$(SUPERVISOR) clean
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build

lint: setup ## check style, types, import contracts and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar sql

fmt: setup ## format the code and repair what can be repaired
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test: lint ## prove it: checks, rules, adapters, DAGs, whole closes
	@$(BIN)/python -m pytest -n 2 --dist loadgroup tests

bench: setup ## measure the product and what else does its job; LINES=100000 for a quick one
	@$(BIN)/python -m tests.bench --lines $(subst _,,$(LINES))

docs: setup ## regenerate the generated reference pages
	@$(BIN)/python -m tests.harness.promises
	@$(BIN)/python -m tests.harness.reference

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
    --no-header --no-emit-index-url --no-annotate

lock: setup ## compile both locks anew from pyproject.toml and deploy/requirements.in
	@$(COMPILE) --extra sandbox --extra dev pyproject.toml -o requirements.txt
	@$(COMPILE) -c requirements.txt deploy/requirements.in -o deploy/requirements.txt
