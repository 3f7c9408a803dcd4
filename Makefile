SHELL := /bin/bash
.DEFAULT_GOAL := help

TOOLS := .local/tools
UV := $(TOOLS)/bin/uv
PY := .venv/bin/python
DRILL ?= --all
WORKERS ?= 2
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export UV_PROJECT_ENVIRONMENT := .venv
export UV_LINK_MODE := copy
# Every process of the platform would compile what it imports: twice the start.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
export RUFF_CACHE_DIR := .local/ruff
# What brings certificates of its own would not know those that this machine trusts beside them.
CERTS := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(CERTS),)
export SSL_CERT_FILE ?= $(CERTS)
export REQUESTS_CA_BUNDLE ?= $(CERTS)
export NODE_EXTRA_CA_CERTS ?= $(CERTS)
endif

.PHONY: help install fmt lint types test schemas check run demo stop status drill bench deploy-check

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(UV):
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.8'

.venv/ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --locked --quiet --python $(PYTHON)
	touch $@

install: .venv/ready ## make the virtual environment with everything in it

fmt: install ## write all code in one form
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix --quiet .

lint: install ## form, rules, import contracts, the house as drawn
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m tests.support.architecture

types: install ## mypy, strict
	$(PY) -m mypy

schemas: install ## write all that is generated: docs of events, API, settings, data map; what consent serves; the chart's own
	$(PY) -m deploy.schemas
	$(PY) -m deploy.charting

check: install ## all that needs no server: lock file, form, types, contracts, generated files, data map, promises, chart
	$(UV) lock --check --quiet
	$(MAKE) --no-print-directory lint types
	$(PY) -m deploy.schemas --check
	$(PY) -m deploy.charting --check

test: install ## every test, on a real broker and a real mongod; by two workers, each with servers of its own; WORKERS=0, by one
	$(PY) -m pytest -n $(WORKERS)

run: install ## the platform with two demo agencies; stays up
	$(PY) -m deploy.local run

demo: install ## the main job shown once, then an exit status; WITHOUT=matcher must fail
	$(PY) -m deploy.local demo $(WITHOUT)

stop: install ## end what `run` started; SERVICE=name for one process
	$(PY) -m deploy.local stop $(SERVICE)

status: install ## which processes live
	$(PY) -m deploy.local status

drill: install ## every fault, and what it cost, an hour; DRILL=--short, six minutes
	$(PY) -m deploy.drill $(DRILL)

bench: install ## ratios to a floor in the same run, a quarter of an hour; BENCH=--write keeps them
	$(PY) -m deploy.bench $(BENCH)

deploy-check: install ## the chart before Helm's linter, schemas of operators, checkov, kustomize; alert rules before promtool; needs Go
	$(PY) -m deploy.charting.judge
