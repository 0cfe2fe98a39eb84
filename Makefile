# make demo | make test | make test-all: each sets up its own locked environment in .venv first.

# The first Python of the machine that fits; or say which one: make PYTHON=/path/to/python3.12
PYTHONS = python3 python3.13 python3.12 python3.11
FITS = import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in $(PYTHONS); do \
  "$$name" -c '$(FITS)' 2>/dev/null && { command -v "$$name"; break; }; done)
BIN = .venv/bin
CORES ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.PHONY: demo run resume test test-all fuzz check format bench bench-quick lock \
  init plan doctor downloads lock-granules fetch check-addresses audit readme-figures
SIMULATED = $(if $(STUDY),--config 'studies=[$(STUDY)_simulated]')
COMMANDS = $(BIN)/python workflow/scripts/commands

# An embedded study on simulated inputs, from raw tiles to the report: make demo STUDY=indochina_karst
demo: .venv/run
	$(BIN)/snakemake --cores $(CORES) $(SIMULATED)
	@echo
	@echo "Open the report in a browser:"
	@echo "  $(CURDIR)/results/index.html"

# The studies of config/config.yaml.
run: .venv/run
	$(BIN)/snakemake --cores $(CORES)

# After a run was killed; with STUDY, after `make demo STUDY=...` was.
resume: .venv/run
	$(BIN)/snakemake --unlock $(SIMULATED)
	$(BIN)/snakemake --cores $(CORES) --rerun-incomplete $(SIMULATED)

# A study of one's own (docs/tutorial.md): begin it, see what it needs, see whether all is there.
init: .venv/run
	$(COMMANDS)/init.py $(STUDY) $(if $(AREA),--area "$(AREA)") $(if $(NAME_FIELD),--name-field "$(NAME_FIELD)") \
	  $(if $(COUNTRY),--country $(COUNTRY)) $(if $(LEVEL),--level $(LEVEL)) $(if $(NAMES),--names "$(NAMES)") \
	  $(if $(PERIOD),--period $(PERIOD)) $(if $(RASTERS),--rasters)

plan: .venv/run
	$(COMMANDS)/plan.py $(STUDY)

doctor: .venv/run
	$(COMMANDS)/doctor.py $(STUDY) $(LIVE)

# All downloads and nothing else, for machines whose compute nodes have no internet.
downloads: .venv/run
	$(BIN)/snakemake --cores 2 downloads

# The very tiles that a study was built from, for who wants to repeat it.
lock-granules: .venv/run
	$(COMMANDS)/lock_granules.py $(STUDY)

# A file of the register by itself, such as one that no rule brings.
fetch: .venv/run
	$(COMMANDS)/fetch.py $(DATASET) $(FOLDER) $(FIELDS)

# For people with internet: ask every address and mirror of config/datasets.yaml and date what was proved.
check-addresses: .venv/run
	$(COMMANDS)/check_addresses.py

# For people with internet: known faults of the locked packages.
audit: .venv/run
	$(BIN)/python -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	for name in requirements requirements-dev; do \
	  .venv/audit/bin/pip-audit --require-hashes --disable-pip -r envs/$$name.txt || exit 1; done

# After `make demo`: the figures of the README.
readme-figures: .venv/run
	$(COMMANDS)/copy_figures.py

# Quick tests: no root, no system package.
test: .venv/test
	$(BIN)/python -m pytest -n $(CORES) --dist loadfile

# All tests; those that need a Debian package are skipped with the reason where it is missing.
test-all: check test
	$(BIN)/python -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder -m slow --durations=15

# Damaged inputs at random, TIMES as many as the tests draw; tests/fuzz/survey.py counts.
TIMES ?= 100
fuzz: .venv/test
	NEPFLOW_FUZZ=$(TIMES) $(BIN)/python -m pytest tests/fuzz

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

# Measurements at full size and beside other packages; writes the tables of benchmarks/README.md.
bench: .venv/test
	failed=0; for name in scaling peers pixel spline smoothing kriging detector; do \
	  $(BIN)/python benchmarks/bench_$$name.py || failed=1; done; exit $$failed

bench-quick: .venv/test
	$(BIN)/python benchmarks/bench_workflow.py --pixels 240
	$(BIN)/python benchmarks/bench_pixel.py

# Renew the locks from envs/*.in; needs uv.
lock:
	cd envs && for name in requirements requirements-dev; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header -q $$name.in -o $$name.txt; done

.venv/run: envs/requirements.txt
	@"$(PYTHON)" -c '$(FITS)' 2>/dev/null || { \
	  echo "nepflow needs Python 3.11, 3.12 or 3.13 with its modules venv and ensurepip."; \
	  if [ -n "$(PYTHON)" ]; then echo "$(PYTHON) is none: $$("$(PYTHON)" --version 2>&1)"; \
	  else echo "None of these is one: $(PYTHONS)"; fi; \
	  echo "Debian, Ubuntu:  sudo apt-get install python3-venv   (where python3 is 3.11 or newer)"; \
	  echo "Any system:      uv python install 3.12, then  make PYTHON=\"\$$(uv python find 3.12)\""; \
	  echo "conda:           conda create -n python312 python=3.12, conda activate python312, then  make"; \
	  exit 1; }
	@echo "Making the environment .venv with $$("$(PYTHON)" --version): about 2 minutes, 1.2 GB."
	"$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/requirements.txt
	touch $@

.venv/test: .venv/run envs/requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/requirements-dev.txt
	touch $@
