# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests start hundreds of processes; without bytecode each compiles the package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint matrix dimensions mutations bench clean

$(VENV)/demo.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[server,sdks]'
	touch $@

# A third of the 18,000 modules is used: those are compiled when they are, see below.
$(VENV)/dev.stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev]'
	touch $@ $(VENV)/demo.stamp

demo: $(VENV)/demo.stamp  ## the case that started this project, on the embedded simulated endpoint
	$(BIN)/toolfuzz run -m sim/claude-opus -m sim/minimax-m2.1 -m sim/glm-4.7 --tools schemas/data_import.json

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Once, while mypy keeps one processor busy; else each of the four processes below would do it.
# (Without syrupy, to which snapshots that nothing has used yet are an error.)
$(VENV)/compiled.stamp: $(VENV)/dev.stamp
	$(BIN)/pytest --collect-only -qq -p no:syrupy >/dev/null
	touch $@

# Tests of what is slow or broken mostly wait: four at once keep two processors busy.
test: $(VENV)/dev.stamp  ## ruff, mypy --strict and the tests
	$(MAKE) --jobs 2 lint $(VENV)/compiled.stamp
	$(BIN)/pytest -n 4 --dist worksteal -q

matrix: $(VENV)/dev.stamp  ## recall and precision of the judge, per defect
	$(BIN)/python benchmarks/judge_matrix.py

dimensions: $(VENV)/dev.stamp  ## who passes which dimension, and what is proved of drawn worlds
	$(BIN)/python benchmarks/dimensions.py

mutations: $(VENV)/dev.stamp  ## replies that one accident has changed: judge against the official SDKs
	$(BIN)/python benchmarks/format_mutations.py

bench: $(VENV)/dev.stamp  ## what toolfuzz costs beside a bare HTTP client, and how fast it draws and judges
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/generate.py
	$(BIN)/python benchmarks/judge_speed.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
