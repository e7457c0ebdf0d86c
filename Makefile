# Two commands: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= $(shell command -v python3.12 >/dev/null 2>&1 && python3.12 -c '' 2>/dev/null && echo python3.12 || { command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11; } || echo python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SPARK := $(VENV)/.spark
PEOPLE ?=
SEED ?= 1
DEMO_HOME ?= demo

.DEFAULT_GOAL := help
.PHONY: help install demo dagster test test-scale coverage lint types docs soak spark-deps bench bench-national bench-scale lock clean

help: ## List what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(INSTALLED) ## Make .venv from requirements.lock

$(INSTALLED): requirements.lock pyproject.toml setup.py
	@PYTHON="$(PYTHON)" VENV="$(VENV)" scripts/install.sh
	@touch $@

demo: $(INSTALLED) ## Make realistic extracts, run the whole pipeline, say where the packs are
	@$(BIN)/lasting-homes demo --home $(DEMO_HOME) --seed $(SEED) $(if $(PEOPLE),--people $(PEOPLE))

dagster: $(INSTALLED) ## Show the asset graph of the demo's home on http://127.0.0.1:3000
	@DAGSTER_HOME="$(abspath $(DEMO_HOME))/dagster" LASTING_HOMES_HOME="$(abspath $(DEMO_HOME))" \
		$(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1

test: $(INSTALLED) ## Run every check and test, with the minutes of each part
	@VENV="$(VENV)" scripts/test.sh

coverage: $(INSTALLED) ## Say which lines the unit tests and attacks never run
	@$(BIN)/pytest -q tests/unit tests/attacks -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=
	@$(BIN)/coverage report --skip-covered --sort=cover

lint: $(INSTALLED) ## ruff and sqlfluff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/sqlfluff lint dbt_project/models dbt_project/tests

types: $(INSTALLED) ## mypy
	@$(BIN)/mypy

docs: $(INSTALLED) ## Write the documentation as pages: documents, measures, models
	@PYTHONPATH=. $(BIN)/python scripts/docs.py build/docs

soak: $(INSTALLED) ## Attack 200 made-up county-quarters, each released after the one before; kill at 200 moments; back-test five seeds
	@$(BIN)/python tests/attacks/soak.py 200
	@KILLS=200 $(BIN)/pytest -q tests/pipeline/test_interruptions.py -k random --durations=1
	@SOAK=1 $(BIN)/pytest -q tests/backtests tests/unit/identity/test_known_links.py -n 2 --dist worksteal

$(SPARK): $(INSTALLED) requirements-scale.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r requirements-scale.lock
	@touch $@

spark-deps: $(SPARK) ## Add Spark to .venv (430 MB to fetch); say how to get Java where there is none
	@$(BIN)/python -c 'import sys; from pipelines.scale.spark import what_is_missing as w; sys.exit(w())' && echo "Spark is ready: see docs/scale.md"

test-scale: $(INSTALLED) $(SPARK) ## Compare Spark and the lake with DuckDB row for row; kill one of four councils in ten rounds
	@$(BIN)/pytest -q tests/scale

bench: $(INSTALLED) ## Measure county scale (see benchmarks/README.md)
	@$(BIN)/python benchmarks/county.py
	@$(BIN)/python benchmarks/landing.py
	@$(BIN)/python benchmarks/identity.py
	@$(BIN)/python benchmarks/analysts.py

bench-scale: $(INSTALLED) $(SPARK) ## Measure DuckDB and Spark at 10,000, 100,000 and a million people (hours)
	@$(BIN)/python benchmarks/scale.py

bench-national: $(INSTALLED) ## Measure 153 authorities, 100,000 people, ten years (an hour and 15 GB of disk)
	@$(BIN)/python benchmarks/national.py

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra lake --extra test --generate-hashes --universal --python-version 3.11 --no-strip-extras --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --extra scale --constraint requirements.lock --generate-hashes --universal --python-version 3.11 --no-strip-extras --no-emit-index-url --custom-compile-command "make lock" \
		$$(sed -n 's/^\([A-Za-z0-9._-]*\)[][A-Za-z,-]*==.*/--no-emit-package \1/p' requirements.lock) | sed '/^# The following packages were excluded/,$$d' > requirements-scale.lock

clean: ## Remove the demo's home and what tests leave behind
	rm -rf $(DEMO_HOME) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage benchmarks/results
