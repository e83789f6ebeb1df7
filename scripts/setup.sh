#!/bin/sh
# Installs the dependencies when node_modules does not match the lock file; does nothing, fast, when it does.
# Called by every recipe of the justfile, so that a fresh clone needs no other step.
set -eu
cd "$(dirname "$0")/.."

stamp=node_modules/.smokechain-setup
want=$(cat package.json lakehouse/package.json package-lock.json scripts/prebundle.ts scripts/prebundled.ts scripts/code-cache.ts | cksum)
current() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; }

current && exit 0

# Two recipes started at once on a fresh clone must not both install: the second waits for the first.
lock=.setup-lock
until mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || echo)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
    rm -rf "$lock"
    continue
  fi
  sleep 1
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

current && exit 0

echo "setting up: installing dependencies (first run, or what is to be installed changed)" >&2
# install --no-save and not ci: it takes every version from the lock file and leaves that file alone, and where a
# registry lacks the optional binaries of other platforms it still installs, while ci refuses such a lock file.
# --loglevel=error: the engines of some packages ask for Node 22; the recipes run on the pinned Node 24, whatever
# version runs npm now.
if ! npm install --no-save --no-audit --no-fund --loglevel=error >&2; then
  echo "setting up failed: npm install (above) could not install the dependencies; check the network or the npm registry setting, then run again" >&2
  exit 1
fi
if ! node_modules/.bin/node --version >/dev/null 2>&1; then
  echo "setting up failed: the pinned Node (npm package 'node') did not install for this platform ($(uname -sm))" >&2
  exit 1
fi
# Only for speed, and nothing depends on it: with both a daemon starts in half the time, and the first chain is as quick
# as all later ones.
for script in prebundle warm-up; do
  if ! node_modules/.bin/node "scripts/$script.ts" >/dev/null; then
    echo "setting up: scripts/$script.ts failed (above); going on without, only slower" >&2
  fi
done
printf '%s' "$want" >"$stamp"
