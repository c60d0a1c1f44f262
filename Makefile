# `make` lists what there is. The first call sets up .venv from the locked requirements; later ones need no network.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
BENCH_READY := .venv/.ready-bench
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
COMPILE := $(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --upgrade
SEATS ?= 1000 10000 100000
PYTEST_FLAGS ?= -n auto
GAMES ?= 200
COVERED ?= 100

.DEFAULT_GOAL := help
.PHONY: help demo test torture coverage lint format docs bench lock clean servers

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## tell the whole story on a copy of the sample company, in a temporary folder
	@echo "demo: the sample company's story, in a temporary folder; nothing outside it is touched"
	@$(BIN)/seatwise demo

test: $(READY) servers ## run the tests
	@echo "test: all tests; no network, no home, no wall clock"
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

torture: $(READY) servers ## for long: play the laws, and kill, starve and cut off real runs, GAMES times with other dice, and at every place
	@echo "torture: $(GAMES) games of people, HR, administrators and faults and as many round trips (tests/laws)"
	@SEATWISE_TORTURE=$(GAMES) $(BIN)/python -m pytest -q tests/laws/test_machine.py tests/laws/test_words.py tests/laws/test_round_trip.py
	@echo "torture: real runs, killed at every place; and crowds, clocks, disks, ssh $(GAMES) times each (tests/torture)"
	@echo "torture: clocks need faketime, ssh needs sshd (Debian: faketime, openssh-server); without them these are skipped"
	@SEATWISE_TORTURE=$(GAMES) $(BIN)/python -m pytest -q -rs tests/torture

coverage: $(READY) servers ## run the tests, and say which branches of core and policies were not taken
	@echo "coverage: all tests; of core and policies $(COVERED) % of statements and branches must be taken"
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) --cov=seatwise.core --cov=seatwise.policies --cov-branch --cov-report=
	@$(BIN)/python -m coverage report --include='tool/seatwise/core/*,tool/seatwise/policies/*' --fail-under=$(COVERED)

lint: $(READY) ## style, types, layers, workflows, generated docs, the sample company
	@echo "lint: ruff"
	@$(BIN)/ruff check && $(BIN)/ruff format --check
	@echo "lint: mypy --strict"
	@$(BIN)/mypy
	@echo "lint: who may import whom"
	@$(BIN)/lint-imports --no-logo
	@echo "lint: workflows"
	@$(BIN)/zizmor --offline --quiet --persona pedantic .github/workflows action.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@$(BIN)/seatwise ci init github --check
	@echo "lint: generated docs are up to date"
	@$(BIN)/python docs/generate.py --check
	@echo "lint: the sample company"
	@$(BIN)/seatwise validate

format: $(READY) ## put the code into its form
	@$(BIN)/ruff check --fix --exit-zero --quiet && $(BIN)/ruff format

docs: $(READY) ## write the reference that comes from code: commands, policies, rollouts, vendors
	@echo "docs: docs/cli.md, docs/policies.md, docs/rollouts.md, docs/vendors.md from the code"
	@$(BIN)/python docs/generate.py

bench: $(BENCH_READY) ## measure plans of SEATS seats against octoDNS planning as many records, journals, and calls to vendors
	@echo "bench: $(SEATS) seats and as many DNS records, each in a process of its own"
	@$(BIN)/python bench/run.py $(BENCH_FLAGS) $(SEATS)

lock: $(READY) ## pin all requirements anew (needs the network)
	@echo "lock: requirements/*.txt from pyproject.toml"
	@$(COMPILE) pyproject.toml -o requirements/run.txt
	@$(COMPILE) --extra keys -c requirements/run.txt pyproject.toml -o requirements/keys.txt
	@$(COMPILE) --extra aws -c requirements/run.txt pyproject.toml -o requirements/aws.txt
	@$(COMPILE) --extra ldap -c requirements/run.txt pyproject.toml -o requirements/ldap.txt
	@$(COMPILE) --extra contract -c requirements/run.txt pyproject.toml -o requirements/contract.txt
	@$(COMPILE) --extra dev -c requirements/keys.txt -c requirements/aws.txt -c requirements/ldap.txt -c requirements/contract.txt \
		pyproject.toml -o requirements/dev.txt
	@echo 'setuptools>=77' | $(COMPILE) -c requirements/dev.txt - -o requirements/build.txt
	@$(COMPILE) --extra bench -c requirements/dev.txt pyproject.toml -o requirements/bench.txt

clean: ## remove .venv and what the tools left
	@rm -rf .venv build .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

servers: # what only tests need, where it may be installed; without it those tests skip, and say so
	@missing=; for pair in slapd:slapd sshd:openssh-server faketime:faketime; do \
		PATH="$$PATH:/usr/sbin" command -v $${pair%%:*} >/dev/null || missing="$$missing $${pair#*:}"; done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "setup:$$missing by apt-get, which only tests need and nothing starts"; \
		RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive timeout 120 sh -c \
			"apt-get install -y -q $$missing || { apt-get update -q && apt-get install -y -q $$missing; }" >/dev/null 2>&1 \
			|| echo "setup: apt-get could not; the tests that need them skip"; \
		mkdir -p /run/sshd; fi

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "seatwise needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)"; \
		echo "  fix: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setup: .venv from requirements/dev.txt"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH_READY): $(READY) requirements/bench.txt
	@echo "setup: octoDNS, to compare with"
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@
