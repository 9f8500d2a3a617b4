# `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export DO_NOT_TRACK := 1

.PHONY: help demo dashboard report bi test test-dbt2 lint docs screenshots bench bench-engines bench-scoring bench-shop bench-forecast bench-customers bench-predictions bench-dashboard soak clean setup setup-mysql setup-spark setup-development
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 28

demo: setup ## Build the demo shop's warehouse, test it, document it and print a summary
	@$(BIN)/customer-trends demo

dashboard: .venv/dashboard-ready profiles.yml ## Open the dashboard on http://127.0.0.1:8501 (PORT=… for another port)
	@PYTHONPATH=. $(BIN)/streamlit run customer_trends/dashboard/server.py --server.port $(or $(PORT),8501)

# Style is checked while the tests run and reported after them; either failure fails the target.
report: .venv/dashboard-ready profiles.yml ## Write all charts and what they say as one page, and as pictures
	@$(BIN)/customer-trends report

bi: .venv/dashboard-ready profiles.yml ## Write files for Power BI and Tableau
	@$(BIN)/customer-trends bi powerbi
	@$(BIN)/customer-trends bi tableau

test: setup-development setup-mysql setup-spark ## Run every test on all four engines, and check style meanwhile
	@mkdir -p build
	@$(MAKE) --no-print-directory lint > build/lint.log 2>&1 & style=$$!; \
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder; tests=$$?; \
	wait $$style; checked=$$?; \
	echo "Style (make lint), exit code $$checked:"; cat build/lint.log; \
	exit $$((tests > 0 || checked > 0))

test-dbt2: setup-development .venv-dbt2/ready ## Build the demo with dbt 2.0 and compare all rows with those of dbt 1.11
	@$(BIN)/python -m pytest tests/dbt2

lint: setup-development ## Check the style of SQL, Python and prose
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/codespell
	@mkdir -p build/lint
	@DBT_TARGET_PATH=build/lint $(BIN)/dbt parse --quiet --no-partial-parse
	@$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml > build/lint/bouncer.log 2>&1 || { cat build/lint/bouncer.log; exit 1; }
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 models tests analyses

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
	@$(BIN)/python benchmarks/score_real_data.py

bench-shop: setup-development ## Measure orders per second on MariaDB and MySQL
	@PYTHONPATH=tests $(BIN)/python benchmarks/place_orders.py

bench-customers: setup-development ## Measure segments and lifetime values of a million customers, compared with lifetimes; memory at five million
	@$(BIN)/python benchmarks/score_customers.py

bench-dashboard: setup-development ## Measure the dashboard in a browser, at a million order lines
	@PYTHONPATH=.:tests:tests/support $(BIN)/python benchmarks/dashboard_speed.py

bench-predictions: setup-development ## Judge the predictions: known truth, a million orders, and your WAREHOUSES="a.duckdb b.duckdb"
	@PYTHONPATH=.:tests:tests/support $(BIN)/python benchmarks/predictions.py $(WAREHOUSES)

bench-forecast: setup-development ## Measure the forecasts: accuracy on the M3, Tourism and M1 series; 1,000 series compared with SARIMAX
	@$(BIN)/python benchmarks/forecast_accuracy.py
	@$(BIN)/python benchmarks/forecast_speed.py

soak: setup-development setup-mysql setup-spark ## The long tests: 20,000 calls while servers are killed; a shop built and shown while in use; 200 random shops
	@CUSTOMER_TRENDS_TEST_CALLS=20000 CUSTOMER_TRENDS_TEST_WORLDS=200 CUSTOMER_TRENDS_TEST_REBUILDS=10 $(BIN)/python -m pytest \
		$(addprefix tests/,engines/test_shop_traffic.py engines/test_shop_builds.py engines/test_shop_purge.py warehouse/test_oracle.py engines/test_oracle_engines.py warehouse/test_demo_again.py engines/test_mysql_readers.py engines/test_shop_superstore.py warehouse/test_scoring_hard_input.py engines/test_scoring_engines.py engines/test_live.py warehouse/test_dashboard.py)

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
