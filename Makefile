# Two commands are enough on a bare machine: `make demo` and `make test`.
# ARGS reaches the command behind a target: make test ARGS="-k letter", make lock ARGS=--upgrade

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench integration lock messages clean

BIN := .venv/bin
CATALOGUES := coalizione_mailer/cli/locale

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do \
		printf '  make %-11s %s\n' "$$name" "$$text"; done

setup: ## Install what is missing; the command is then .venv/bin/mailer
	@sh scripts/setup.sh

demo: setup ## 2,391 letters made, then a whole campaign rehearsed on this machine
	@$(BIN)/mailer send --dry-run
	@$(BIN)/mailer rehearse $(ARGS)

test: setup ## Every test, on all cores
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: setup ## Format, lint, types, layers, then every test with branch coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(ARGS)

integration: setup ## 200 letters through real servers, spool against ledger
	@sh scripts/servers.sh
	@$(BIN)/python -m integration

bench: setup ## Speed, as ratios within one run
	@sh scripts/servers.sh
	@$(BIN)/python -m benchmarks $(ARGS)

lock: setup ## Pin every library again, for every system (ARGS=--upgrade: the newest)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@set -e; export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	pin() { $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links $(ARGS) "$$@"; }; \
	pin --output-file requirements.lock; \
	pin --group test --group check --group build \
		--constraints requirements.lock --output-file requirements-dev.lock
	@! grep -nE '://|^-' requirements.lock requirements-dev.lock

messages: setup ## Take the words from the source into the Italian catalogue, and compile it
	@$(BIN)/pybabel -q extract --no-location --sort-output --omit-header \
		-o $(CATALOGUES)/coalizione_mailer.pot coalizione_mailer
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-D coalizione_mailer -i $(CATALOGUES)/coalizione_mailer.pot -d $(CATALOGUES)
	@rm $(CATALOGUES)/coalizione_mailer.pot
	@$(BIN)/python hatch_build.py

clean: ## Back to a fresh clone: what was made is removed, the campaign's archive is kept
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@rm -rf .coverage .coverage.* .benchmarks prova anteprima
	@find coalizione_mailer tests benchmarks scripts \
		\( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +
