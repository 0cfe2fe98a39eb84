# make demo | make test | make test-all: each sets up its own locked environment in .venv first.

PYTHON ?= python3
BIN = .venv/bin
CORES ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.PHONY: demo run resume test test-all check format bench lock clean-results

# The embedded study on simulated inputs, from raw tiles to the report.
demo: .venv/run
	$(BIN)/snakemake --cores $(CORES)
	@echo
	@echo "Open the report in a browser:"
	@echo "  $(CURDIR)/results/index.html"

# The studies of config/config.yaml.
run: .venv/run
	$(BIN)/snakemake --cores $(CORES)

# After a run was killed.
resume: .venv/run
	$(BIN)/snakemake --unlock
	$(BIN)/snakemake --cores $(CORES) --rerun-incomplete

# Quick tests: no root, no system package.
test: .venv/test
	$(BIN)/python -m pytest

# All tests; those that need a Debian package are skipped with the reason where it is missing.
test-all: .venv/test check
	$(BIN)/python -m pytest -m '' --durations=15

# Style of Python, rules and workflow.
check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow/rules

# Measurements beside other packages; writes the tables of benchmarks/README.md.
bench: .venv/test
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

# Renew the locks from envs/*.in; needs uv.
lock:
	cd envs && for name in requirements requirements-dev; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header -q $$name.in -o $$name.txt; done

.venv/run: envs/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "nepflow needs Python 3.11; say which one: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/requirements.txt
	touch $@

.venv/test: .venv/run envs/requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/requirements-dev.txt
	touch $@
