# The commands of the project. `make` alone lists them; a `##` after a target is its line in that list.

PORT ?= 8000
# More words for pytest: make test PYTEST="-k sorting"; with "-n 0" one test after the other.
PYTEST ?=
# More words for uv: make lock LOCK=--upgrade.
LOCK ?=

BIN := .venv/bin
# The tool that writes the locks; nothing else needs it, so it is in neither lock.
UV := 0.13.9

# Handed on only when given, so that the application's own default holds otherwise.
ifdef COURSE_DIR
export COURSE_DIR
endif

# In order even under -j: two of pip would write one folder, and the checks are read one after the other.
.NOTPARALLEL:
.PHONY: help run test format lock venv test-venv
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: venv ## serve the course at http://127.0.0.1:8000; PORT=9000, COURSE_DIR=folder, PYTHON=python3.12
	@exec $(BIN)/flask --app wsgi course serve --port '$(PORT)'

# One shell for all the steps, so that the last line can name the one that failed.
test: test-venv ## check everything: format, rules, security rules, types, templates, course, tests; PYTEST="-k word"
	@step() { \
	    title=$$1; shift; \
	    printf '\n== %s: %s\n' "$$title" "$$*"; \
	    "$$@" || { printf '\nmake test: FAILED at: %s\n' "$$title" >&2; exit 1; }; \
	}; \
	step 'browser' $(BIN)/python tests/browser/chromium.py; \
	step 'format' $(BIN)/ruff format --check .; \
	step 'rules' $(BIN)/ruff check .; \
	step 'security rules' $(BIN)/bandit --quiet --configfile pyproject.toml --recursive course bench wsgi.py; \
	step 'types' $(BIN)/mypy course tests bench wsgi.py; \
	step 'format of templates' $(BIN)/djlint --check templates; \
	step 'rules of templates' $(BIN)/djlint --lint templates; \
	step 'course' $(BIN)/flask --app wsgi course check; \
	step 'tests' $(BIN)/python -m pytest -n auto --maxprocesses 4 $(PYTEST); \
	printf '\nmake test: all checks passed.\n'

# djlint ends with 1 when it changed a file, which is what it was asked to do.
format: test-venv ## lay out code and templates as the checks want them
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/djlint --reformat --quiet templates || [ $$? -eq 1 ]

# Without the address of any package host, so that a lock serves wherever pip finds its packages.
# The tests' lock keeps to the versions of the other, since both go into one environment.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(LOCK)

lock: venv ## write both locks anew from pyproject.toml; LOCK=--upgrade takes the newest versions
	@[ -x $(BIN)/uv ] || { echo 'Installing uv $(UV) …'; $(BIN)/python -m pip install --quiet uv==$(UV); }
	@echo 'Writing requirements.lock and requirements-test.lock …'
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) --group test --constraints requirements.lock --output-file requirements-test.lock
	@! grep -n '://' requirements.lock requirements-test.lock

venv:
	@tools/install

test-venv:
	@tools/install tests
