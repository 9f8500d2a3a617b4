# `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder
export DO_NOT_TRACK := 1

.PHONY: help demo dashboard report bi docs screenshots clean setup setup-mysql setup-spark setup-development
.PHONY: check check-again test test-again test-engines test-dbt2 soak test-data lint style
.PHONY: bench bench-engines bench-scoring bench-shop bench-forecast bench-customers bench-predictions bench-dashboard
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 28

demo: setup ## Build the demo shop's warehouse, test it, document it and print a summary
	@$(BIN)/customer-trends demo

dashboard: .venv/dashboard-ready profiles.yml ## Open the dashboard on http://127.0.0.1:8501 (PORT=… for another port)
	@PYTHONPATH=. $(BIN)/streamlit run customer_trends/dashboard/server.py --server.port $(or $(PORT),8501)

report: .venv/dashboard-ready profiles.yml ## Write all charts and what they say as one page, and as pictures
	@$(BIN)/customer-trends report

bi: .venv/dashboard-ready profiles.yml ## Write files for Power BI and Tableau
	@$(BIN)/customer-trends bi powerbi
	@$(BIN)/customer-trends bi tableau

# The tests of a tier have its marker (tests/support/tiers.py). What has passed for the very files that are
# here is not run again.
check: setup-development ## Style, types, parsing, conventions, unit tests: 3 minutes, Python is all it needs
	@if $(BIN)/python .ci/passed.py check; then echo "make check has passed for these files."; \
	else $(MAKE) --no-print-directory check-again && $(BIN)/python .ci/passed.py check --record; fi

check-again: setup-development
	@mkdir -p build/coverage
	@$(BIN)/python .ci/parse.py
	@$(MAKE) --no-print-directory style > build/lint/style.log 2>&1 & style=$$!; \
	COVERAGE_FILE=build/coverage/check CUSTOMER_TRENDS_PARSED=build/lint $(PYTEST) --cov --cov-report= --cov-fail-under=0 -m "check"; \
	tests=$$?; wait $$style; checked=$$?; \
	echo "Style (make style), exit code $$checked:"; cat build/lint/style.log; \
	exit $$((tests > 0 || checked > 0))

test: check ## Check, DuckDB builds, real data, scoring, dashboard: 15 minutes, Python is all it needs
	@if $(BIN)/python .ci/passed.py test; then echo "make test has passed for these files."; \
	else $(MAKE) --no-print-directory test-again && $(BIN)/python .ci/passed.py test --record; fi

test-again: setup-development
	@mkdir -p build/coverage
	@COVERAGE_FILE=build/coverage/test $(PYTEST) --cov --cov-report= --cov-fail-under=0 -m "builds"
	@$(BIN)/python -m coverage combine --quiet --keep --data-file=build/coverage/all build/coverage/check build/coverage/test
	@$(BIN)/python -m coverage report --data-file=build/coverage/all > build/coverage/report.txt; covered=$$?; \
	tail -n 1 build/coverage/report.txt; \
	test $$covered -eq 0 || echo "Too little of the code is covered: see build/coverage/report.txt"; exit $$covered

test-engines: setup-development setup-mysql setup-spark ## MySQL, MariaDB, Spark, browsers, BI parsers: 30 minutes, installs what it needs
	@.ci/install_tools
	@$(PYTEST) -m "engines or browser"

test-dbt2: setup-development .venv-dbt2/ready ## Build the demo with dbt 2.0 and compare all rows with those of dbt 1.11
	@$(BIN)/python -m pytest -m "dbt2"

soak: setup-development setup-mysql setup-spark ## The long tests: 20,000 calls while servers are killed; a shop built and shown while in use; 200 random shops
	@.ci/install_tools
	@$(BIN)/python -m pytest -m "soak"
	@CUSTOMER_TRENDS_TEST_CALLS=20000 CUSTOMER_TRENDS_TEST_WORLDS=200 CUSTOMER_TRENDS_TEST_REBUILDS=10 $(BIN)/python -m pytest \
		$(addprefix tests/,engines/test_shop_traffic.py warehouse/test_oracle.py engines/test_scoring_engines.py warehouse/test_dashboard.py)

test-data: setup ## Fetch the public data of tests and benchmarks into .test-data
	@$(BIN)/python tests/support/public_data.py

lint: setup-development ## Check the style of SQL, Python and prose alone
	@$(BIN)/python .ci/parse.py
	@$(MAKE) --no-print-directory style

# SQL that was green is not linted again while nothing it depends on changes; SQL=all lints all of it.
style: setup-development
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell
	@$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml > build/lint/bouncer.log 2>&1 || { cat build/lint/bouncer.log; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/python .ci/lint_sql.py $(if $(SQL),--$(SQL))

docs: setup-development ## Write the documentation site: metrics, questions, keys, lineage, dbt docs, report
	@$(BIN)/dbt docs generate --static --quiet
	@mkdir -p build/erd
	@$(BIN)/dbterd run --artifacts-dir target --target mermaid --output build/erd --select path:models/core --dbt \
		--omit-columns --entity-name-format table > build/erd/dbterd.log 2>&1 || { cat build/erd/dbterd.log; exit 1; }
	@{ cat docs/erd_head.txt; echo '```mermaid'; cat build/erd/output.md; echo; echo '```'; } > docs/erd.md
	@$(BIN)/customer-trends site

screenshots: setup-development ## Take the pictures of the README from the demo, with Chromium
	@PYTHONPATH=. $(BIN)/python docs/images/make_screenshots.py

bench: setup-development ## Measure dbt against a script written by hand, at a million order lines
	@$(BIN)/python benchmarks/compare_with_hand_written.py

bench-engines: setup-development setup-mysql setup-spark ## Measure all four engines, at a million order lines
	@PYTHONPATH=tests $(BIN)/python benchmarks/compare_engines.py

bench-scoring: setup-development ## Run everything on real data and write down how good each model is
	@PYTHONPATH=tests/support $(BIN)/python benchmarks/score_real_data.py

bench-shop: setup-development ## Measure orders per second on MariaDB and MySQL
	@PYTHONPATH=tests $(BIN)/python benchmarks/place_orders.py

bench-customers: setup-development ## Measure segments and lifetime values of a million customers, compared with lifetimes; memory at five million
	@$(BIN)/python benchmarks/score_customers.py

bench-dashboard: setup-development ## Measure the dashboard in a browser, at a million order lines
	@PYTHONPATH=.:tests:tests/support $(BIN)/python benchmarks/dashboard_speed.py

bench-predictions: setup-development ## Judge the predictions: known truth, a million orders, and your WAREHOUSES="a.duckdb b.duckdb"
	@PYTHONPATH=.:tests:tests/support $(BIN)/python benchmarks/predictions.py $(WAREHOUSES)

bench-forecast: setup-development ## Measure the forecasts: accuracy on the M3, Tourism and M1 series; 1,000 series compared with SARIMAX
	@PYTHONPATH=tests/support $(BIN)/python benchmarks/forecast_accuracy.py
	@$(BIN)/python benchmarks/forecast_speed.py

clean: ## Remove the warehouse, the demo's files and everything dbt wrote
	@rm -rf target logs build warehouse/*
	@echo "Removed target, logs, build and the contents of warehouse. The environment .venv is still there."

setup: .venv/demo-ready profiles.yml ## Install what the demo needs into .venv

setup-mysql: .venv-mysql/ready profiles.yml ## Install dbt for MySQL and MariaDB into .venv-mysql; generate their project
	@.venv-mysql/bin/python -m customer_trends.project.dbt_1_7

setup-spark: .venv-spark/ready profiles.yml ## Install dbt for Spark into .venv-spark

setup-development: .venv/development-ready profiles.yml ## Install what the tests need into .venv

profiles.yml: profiles.example.yml
	@cp profiles.example.yml profiles.yml

.venv/bin/python .venv-mysql/bin/python .venv-spark/bin/python .venv-dbt2/bin/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 is needed: install it, or name it with make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv $(@:/bin/python=)

.venv/demo-ready: requirements/duckdb.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the demo needs into .venv (once, about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/duckdb.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/dashboard-ready: requirements/dashboard.txt .venv/demo-ready
	@echo "Installing what the dashboard needs into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/dashboard.txt
	@touch $@

.venv/development-ready: requirements/development.txt .venv/demo-ready
	@echo "Installing what the tests need into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/development.txt
	@touch $@

.venv-%/ready: requirements/%.txt pyproject.toml | .venv-%/bin/python
	@echo "Installing what the target $* needs into .venv-$* (once, about a minute) …"
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/$*.txt
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# dbt 2.0 drives DuckDB by the library of a package for Node, of the version in requirements/duckdb.in.
.venv-dbt2/ready: requirements/dbt2.txt requirements/dbt2_library.txt | .venv-dbt2/bin/python
	@echo "Installing dbt 2.0 into .venv-dbt2 (once, about a minute) …"
	@{ .venv-dbt2/bin/python -m pip install --disable-pip-version-check --only-binary :all: --requirement requirements/dbt2.txt \
		&& npm install --prefix .venv-dbt2 --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
			$$(cat requirements/dbt2_library.txt); } > .venv-dbt2/install.log 2>&1 \
		|| { echo "dbt 2.0 NOT TESTED: it could not be installed; it needs Linux on x86-64, npm and what requirements/dbt2.txt" \
			"and requirements/dbt2_library.txt name. The reason is at the end of .venv-dbt2/install.log."; exit 2; }
	@touch $@
