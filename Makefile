# Set-up, checks and figures. `make demo` and `make test` work on a fresh machine.
BIN := .venv/bin
ROOMS := records matchers spiders storage captures alerts review crawler samples benchmarks

.PHONY: setup browser lock demo check test test-long bench eval clean

setup: .venv/ready
.venv/ready: requirements.lock pyproject.toml .ci/setup
	@.ci/setup

browser: setup
	@$(BIN)/python -m crawler.browser

lock: setup
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev --upgrade -o requirements.lock pyproject.toml

demo: setup
	@$(BIN)/markwatch demo --port $(or $(PORT),8000) --dir $(or $(DIR),.demo)

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --no-error-summary $(ROOMS) tests
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q --numprocesses auto -m "not browser and not database and not fault"

test: check browser
	@$(BIN)/pytest -q -m "browser or database or fault"

test-long: setup browser
	@MARKWATCH_LONG=1 $(BIN)/pytest -q

clean:
	rm -rf .venv .demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
