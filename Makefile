# What there is: `make` alone prints it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PORT ?= 5006
export PYTHONDONTWRITEBYTECODE := # images of containers set it, and then each process compiles all that it loads

help: ## print what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: announce $(VENV)/run ## serve the page on the sample Execution Blocks: http://localhost:$PORT/
	@$(BIN)/python -m alma_qa0.cli serve --ingest samples

announce:
	@case "$(PORT)" in *[!0-9]*|??????*) ;; *) echo "the page will be at http://localhost:$(PORT)/; the first run takes a few minutes";; esac

test: $(VENV)/test ## all tests, on real PostgreSQLs and in a real browser
	@$(BIN)/python tools/test_programs.py
	$(BIN)/python -m pytest -n auto --slowest 20

quick: $(VENV)/test ## the tests for every save: one PostgreSQL, no browser, no look-alike of DSS, few examples, nothing slow
	@$(BIN)/python tools/test_programs.py
	$(BIN)/python -m pytest -n auto --quick

walk: $(VENV)/test ## walk a hundred steps through the page on a bad line, and compare what is painted with the database
	ALMA_QA0_WALK_STEPS=$${STEPS:-100} ALMA_QA0_WALK_SEED=$${SEED:-1} "$(BIN)/python" -m pytest tests/browser/test_walk.py -s

lint: $(VENV)/lint ## ruff on the Python, sqlfluff on the SQL
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint python-lib/alma_qa0/store/sql

types: $(VENV)/lint ## mypy, strict where the data are
	$(BIN)/mypy

plugin: ## the archive that DSS installs: dist/dss-plugin-alma-qa0-<version>.zip
	$(PYTHON) tools/plugin.py

docs: $(VENV)/run ## write the generated pages of docs/ again
	$(BIN)/python tools/data_model.py
	$(BIN)/python tools/page.py
	$(BIN)/python tools/rules.py
	$(BIN)/python tools/performance.py
	$(BIN)/python tools/reliability.py

samples: $(VENV)/run ## simulate the sample Execution Blocks again
	$(BIN)/python -m alma_qa0.simulate.sample samples

bench: $(VENV)/test ## measure: reader, ingest, marts, rules, page; figures go to bench/results/
	for part in asdm ingest store judge page; do $(BIN)/python bench/bench_$$part.py || exit 1; done

bench-10gb: $(VENV)/bench ## measure on ten gigabytes of the old production table, kept below build/ for the next run (25 GB of disk)
	$(BIN)/python bench/bench_10gb.py

bench-tables: $(VENV)/test ## measure tables by month beside plain ones, and what statistics, vacuum and indexes are for (4 GB of disk)
	$(BIN)/python bench/bench_partition.py
	$(BIN)/python bench/bench_upkeep.py

bench-load: $(VENV)/test ## measure 1, 10 and 50 astronomers on one backend, ten minutes and a little more
	$(BIN)/python bench/bench_load.py

attack: $(VENV)/test ## attack the program, an hour at most: files, values, kill -9, full disks, forged messages, a day's work; figures go to bench/results/attack.json
	$(BIN)/python bench/attack.py

evaluate: $(VENV)/run ## how well the rules judge: hundreds of simulated Execution Blocks, with faults and without
	$(BIN)/python bench/evaluate.py
	$(BIN)/python bench/evaluate.py --world rough --ebs 50 --clean 300

clean-data: $(VENV)/run ## take away the embedded database and all that is in it
	$(BIN)/python -m alma_qa0.cli clean-data

clean: ## take away the virtual environment and what was built
	rm -rf $(VENV) dist build python-lib/*.egg-info

# Each of these marks what is installed; what brings all of another marks that, too, so that pip resolves once.
$(VENV)/run: EXTRAS = embedded
$(VENV)/test: EXTRAS = embedded,test
$(VENV)/lint: EXTRAS = embedded,test,lint
$(VENV)/bench: EXTRAS = embedded,test,bench
$(VENV)/test: MARKS = $(VENV)/run
$(VENV)/lint $(VENV)/bench: MARKS = $(VENV)/run $(VENV)/test

$(VENV)/run $(VENV)/test $(VENV)/lint $(VENV)/bench: $(VENV)/python
	@echo "getting the packages that are needed ($(EXTRAS); once)"
	@$(BIN)/python tools/install.py '$(EXTRAS)'
	@touch $@ $(MARKS)

$(VENV)/python: pyproject.toml code-env/python/spec/requirements.txt
	@test "$(VENV)" != .venv || test -w . || { echo "this folder cannot be written to: make VENV=/a/folder/elsewhere ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 10) <= sys.version_info < (3, 13) else "Python 3.10, 3.11 or 3.12 is needed: make PYTHON=python3.11 ...")'
	@echo "making the virtual environment $(VENV) (once)"
	@$(PYTHON) -m venv "$(VENV)"
	@touch $@

.PHONY: help run announce test quick walk lint types plugin docs samples bench bench-10gb bench-tables bench-load attack evaluate clean-data clean
.NOTPARALLEL: # one pip at a time in the virtual environment
