# Retkoop. `make run` starts it, `make test` checks it, `make help` lists the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
unexport PYTHONPATH
.DEFAULT_GOAL := help
.PHONY: help run test lint prove bench screenshots check-books lock clean env env-dev

help: ## This list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

run: ## Start Retkoop on http://127.0.0.1:8000 (PORT=, RETKOOP_DATA=, DEMO=0 for an empty start)
	@$(PYTHON) scripts/environment.py run && exec $(BIN)/python -m retkoop.config.cli serve

test: env-dev ## Everything, on SQLite and on PostgreSQL, as the continuous integration does
	@exec $(BIN)/python tests/run.py

lint: env-dev ## Formatter, linter, types, import contracts
	@exec $(BIN)/python tests/run.py --only lint

prove: env-dev ## The long proofs: every size of the acceptance figures
	@exec $(BIN)/python tests/run.py --prove

bench: env-dev ## Measure our pages against a bare floor, write docs/performance.md
	@exec $(BIN)/python scripts/bench.py

screenshots: env-dev ## Take the guide's pictures again from the demo
	@exec $(BIN)/python scripts/screenshots.py

check-books: env ## Every invariant and audit chain of all books
	@exec $(BIN)/python -m retkoop.config.cli check-books

lock: env-dev ## Write the hash-locked lists again (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-annotate --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group dev -c requirements.txt --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o requirements-dev.txt

clean: ## Remove the environment and caches, never the data
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

env:
	@$(PYTHON) scripts/environment.py run

env-dev:
	@$(PYTHON) scripts/environment.py dev
