# Every recipe runs on the Node that package.json pins, with the tools of node_modules first on PATH.
export PATH := justfile_directory() / "node_modules/.bin:" + env("PATH")

set positional-arguments

# List the recipes.
default:
    @just --justfile '{{ justfile() }}' --list --unsorted

# Boot the stack, run the chain, print the ledger.
verify *args: _setup
    @node src/smokechain.mjs verify "$@"

# Keep the stack up, and run smokes again when something changes.
watch *args: _setup
    @node src/smokechain.mjs watch "$@"

# The same chain with MinIO as storaged's store; MinIO must be on PATH or in Go's bin folder.
verify-minio *args: _setup
    @PATH="$PATH:$(go env GOPATH 2>/dev/null || true)/bin" node src/smokechain.mjs verify --stack stacks/minio.toml "$@"

# The smokes that need no outside service (an object store, a model server): all of them, on the embedded default.
smoke-fixtures *args: _setup
    @case " $* " in *' --stack'*) echo 'error: smoke-fixtures runs on stacks/dev.toml, which needs no outside service; for another: just verify --stack NAME' >&2; exit 2 ;; esac; node src/smokechain.mjs verify --stack stacks/dev.toml "$@"

# The last run as one HTML page; --open shows it in the browser.
report *args: _setup
    @node src/smokechain.mjs report "$@"

# Prove that the smokes can fail: run them on stacks whose daemons do nothing.
prove *args: _setup
    @node src/smokechain.mjs prove "$@"

# Two implementations of one contract, asked the same: validatord in its two wire forms. Known gaps are counted.
parity *args: _setup
    @case "${1:-}" in '' | -*) set -- parity/validator.toml "$@" ;; esac; node src/smokechain.mjs parity "$@"

# Have a diff, or a range of commits, reviewed by those whom reviewers.toml names.
review *args: _setup
    @node src/smokechain.mjs review "$@"

# Boot stacks/persistent.toml and keep it up; with --detach, return when everything is ready.
up *args: _setup
    @node src/smokechain.mjs up "$@"

# Take it down, and look whether anything is left.
down *args: _setup
    @node src/smokechain.mjs down "$@"

# Each daemon: state, PID, uptime, address, CPU, memory, restarts, last health.
status *args: _setup
    @node src/smokechain.mjs status "$@"

# What the runs so far tell: pass rates, durations, flaky smokes.
history *args: _setup
    @node src/smokechain.mjs history "$@"

# The last lines of a daemon's log; with -f, each new one.
logs *args: _setup
    @node src/smokechain.mjs logs "$@"

# Stop one daemon and start it again.
restart *args: _setup
    @node src/smokechain.mjs restart "$@"

# Why is the stack broken, and which command mends it; --fix applies the safe remedies. Installs only where nothing is.
doctor *args:
    @test -x node_modules/.bin/node || sh scripts/setup.sh
    @node src/smokechain.mjs doctor "$@"

# What is promised, and what bears it out; --gates runs the acceptance gates first.
claims *args: _setup
    @node src/smokechain.mjs claims "$@"

# Is it ready? Chain, review, parity, claims and gates; a report in reports/gauntlet/ and one verdict.
gauntlet *args: _setup
    @node src/smokechain.mjs gauntlet "$@"

# Break one behaviour of one daemon at a time; the smoke that claims it must go red. --write renews docs/faults.md.
faults *args: _setup
    @node test/faults/run.ts "$@"

# Run all tests: unit and black-box.
test *args: _setup
    @vitest run --project unit --project blackbox --reporter=default --reporter=json --outputFile.json=logs/tests.json "$@"

# The report of a run, looked at in Chromium, which must be installed; pictures are left in logs/page/.
test-page *args: _setup
    @vitest run --project page "$@"

# What a commit must pass: types, lint and format, dependency rules, dead code, unit tests.
check: lint
    @vitest run --project unit

# The part of it that runs nothing: types, lint and format, dependency rules, dead code.
lint: _setup
    @tsc --noEmit
    @biome check --error-on-warnings .
    @depcruise --config .dependency-cruiser.mjs src lakehouse
    @knip

# Mend what the linter and formatter can mend.
fix: _setup
    @biome check --write .

# Measure: readiness latency, orchestration overhead, empty smokes.
bench *args: _setup
    @node bench/run.ts "$@"

# In CI: annotations and a job summary of a run that was killed before it could report.
github-summary: _setup
    @node scripts/github-summary.ts

# Make git ask the gate before every push: what is pushed is what was tested.
hooks: _setup
    @git config core.hooksPath .githooks
    @echo 'git push now asks .githooks/pre-push (docs/gate.md)'

# Install dependencies when node_modules is missing or older than the lock file.
_setup:
    @sh scripts/setup.sh
