# Set-up, checks and figures. `make demo` and `make test` work on a fresh machine.
BIN := .venv/bin
DATA := $(or $(MARKWATCH_DATA),../shared/data)
ROOMS := records matchers spiders storage captures alerts review crawler samples benchmarks

# Every crawl of a test is a process of its own: compiled modules are kept for the next, and what tests write
# lies in memory where there is room for it.
export PYTHONDONTWRITEBYTECODE :=
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')
TESTS := $(if $(MEMORY),PYTEST_DEBUG_TEMPROOT=$(MEMORY) )$(BIN)/pytest -q

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
	@$(TESTS) --numprocesses auto -m "not browser and not database and not fault and not slow"

test: check browser
	@$(TESTS) --numprocesses auto --maxprocesses 4 --dist loadfile -m "browser or database or fault or slow"

test-long: setup browser
	@MARKWATCH_LONG=1 $(TESTS)

# Figures on the recorded data; they name what they read and end with one JSON line each.
eval: setup data
	@$(BIN)/python -m benchmarks.brand_pairs $(DATA)/eval/brand_pairs.jsonl $(DATA)/eval/marks.csv
	@$(BIN)/python -m benchmarks.brand_pairs $(DATA)/eval/brand_pairs_multi.jsonl $(DATA)/eval/marks_multi.csv
	@$(BIN)/python -m benchmarks.price_texts $(DATA)/eval/price_texts.tsv
	@$(BIN)/python -m benchmarks.pack_sizes $(DATA)/eval/pack_sizes.jsonl
	@$(BIN)/python -m benchmarks.price_undercut --listings $(DATA)/listings/real_listings.jsonl.gz
	@$(BIN)/python -m benchmarks.product_model $(DATA)/matching

bench: setup data
	@$(BIN)/python -m benchmarks.matcher_speed --marks 1000
	@$(BIN)/python -m benchmarks.storage_speed
	@$(BIN)/python -m benchmarks.job_speed

.PHONY: data
data:
	@test -d $(DATA) || { echo "no recorded data at $(DATA); set MARKWATCH_DATA" >&2; exit 1; }

clean:
	rm -rf .venv .demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
