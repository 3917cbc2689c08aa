# Every verb of the project. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUST := Cargo.toml Cargo.lock $(shell find rust -name '*.rs' -o -name 'Cargo.toml' | grep -vE '/(target|fuzz)/')

.PHONY: help
help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed: make PYTHON=python3.12 …' >&2; exit 2; }
	@command -v cargo >/dev/null || { echo 'A Rust toolchain (cargo) is needed' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: $(BIN)/python pyproject.toml $(RUST)
	$(BIN)/python -m pip install --quiet -e '.[local]'
	@touch $@

$(VENV)/.tools: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -e '.[local,ray,report,test]'
	@touch $@

.PHONY: demo
demo: $(VENV)/.installed  ## build, install, and run the main job on small local models
	$(BIN)/slm-mux pull smollm2
	$(BIN)/slm-mux demo

.PHONY: install
install: $(VENV)/.tools  ## the package, the local models' runtime and the test tools, into .venv

.PHONY: test
test: $(VENV)/.tools  ## set everything up and run all tests
	cargo test --quiet --workspace
	$(BIN)/python -m pytest -q

.PHONY: test-slow
test-slow: $(VENV)/.tools  ## the tests that take long: a cluster that loses a node
	$(BIN)/python -m pytest -q -m slow

.PHONY: format
format: $(VENV)/.tools  ## rewrite the sources in the house format
	cargo fmt
	cargo fmt --manifest-path rust/fuzz/Cargo.toml
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --select I .

.PHONY: lint
lint: $(VENV)/.tools  ## format, lints, types, layers, stub: all without changing a file
	cargo fmt --check
	cargo fmt --check --manifest-path rust/fuzz/Cargo.toml
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	@! cargo tree -p slm-mux-core -i pyo3 >/dev/null 2>&1 || { echo 'slm-mux-core must not know pyo3' >&2; exit 1; }
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory stub-check

.PHONY: stub
stub: $(VENV)/.tools  ## write the type stub of the extension anew
	$(BIN)/maturin generate-stubs --quiet --features stubs --out target/stubs
	cp target/stubs/slm_mux/_core.pyi python/slm_mux/_core.pyi

.PHONY: stub-check
stub-check: $(VENV)/.tools
	$(BIN)/maturin generate-stubs --quiet --features stubs --out target/stubs
	diff target/stubs/slm_mux/_core.pyi python/slm_mux/_core.pyi

.PHONY: bench
bench: $(VENV)/.tools  ## measure, side by side with the reference and with peers
	cargo bench --workspace
	$(BIN)/python benches/python/bench_answers.py
	$(BIN)/python benches/python/bench_grade_column.py
	$(BIN)/python benches/python/bench_log.py
	$(BIN)/python benches/python/bench_sampling.py
	$(BIN)/python benches/python/bench_studies.py
	$(BIN)/python -m pytest -q benches/python/bench_voting.py --benchmark-enable

# Files are made in SAMPLES, by default a temporary folder, and kept: make bench-rescore ARGS='--ten --distinct'
.PHONY: bench-rescore
bench-rescore: $(VENV)/.tools .venv-compare/.installed  ## bulk re-scoring beside Polars and DuckDB: time, memory, a plot
	$(BIN)/python benches/compare/rescoring.py $(if $(SAMPLES),--data $(SAMPLES)) $(ARGS)

.PHONY: bench-ray
bench-ray: $(VENV)/.tools  ## bulk re-scoring on a Ray cluster of two nodes beside the local engine
	$(BIN)/python benches/compare/rescoring_ray.py $(if $(SAMPLES),--data $(SAMPLES)) $(ARGS)

.PHONY: worst
worst:  ## the longest that a key, an extraction or a grade takes, of 1,100,000 arbitrary texts
	for verb in key extract grade; do cargo run --quiet --release -p slm-mux-benches --example worst $$verb || exit; done

# libFuzzer without a sanitizer: the code is safe Rust, and panics are what is looked for.
FUZZ_TARGETS := tree key extract grade
SECONDS := 60
FUZZ := target/fuzz
CARGO_FUZZ := target/tools/bin/cargo-fuzz

$(CARGO_FUZZ):
	cargo install --quiet --locked --root target/tools cargo-fuzz

.PHONY: fuzz
fuzz: $(CARGO_FUZZ)  ## fuzz every target: make fuzz SECONDS=600 FUZZ_TARGETS=key
	$(PYTHON) rust/fuzz/seeds.py $(FUZZ)/cases
	@for target in $(FUZZ_TARGETS); do \
	  mkdir -p $(FUZZ)/corpus/$$target; \
	  $(CARGO_FUZZ) run --fuzz-dir rust/fuzz --target-dir $(FUZZ) --sanitizer none $$target \
	    $(FUZZ)/corpus/$$target rust/fuzz/corpus $(FUZZ)/cases -- -dict=rust/fuzz/dictionary.txt \
	    -max_len=4096 -timeout=2 -max_total_time=$(SECONDS) -verbosity=0 -print_final_stats=1 || exit; \
	done

.PHONY: compare-tools
compare-tools: .venv-compare/.installed  ## the peers that benches/compare measures against, into .venv-compare

.venv-compare/.installed: benches/compare/requirements.txt
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet -r $<
	@touch $@

# The venv has slm-mux by the path of its sources, as the extension is one for every Python.
.PHONY: check-engines
check-engines: $(VENV)/.tools .venv-engines/.installed  ## the examples of docs/cluster.md on Spark and Daft
	PYTHONPATH=python .venv-engines/bin/python benches/compare/engines.py $(BIN)/slm-mux

.venv-engines/.installed: benches/compare/engine_requirements.txt
	$(PYTHON) -m venv .venv-engines
	.venv-engines/bin/python -m pip install --quiet -r $<
	@touch $@

.PHONY: wheel
wheel: $(VENV)/.tools  ## a release wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

.PHONY: clean
clean:  ## remove all that was built
	rm -rf target rust/fuzz/target rust/fuzz/artifacts $(VENV) .venv-compare .venv-engines dist python/slm_mux/_core*.so
