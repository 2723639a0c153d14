#!/bin/sh
# Builds the engine. `build.sh` writes engine.wasm.br and engine.sha256; `--fast` packs quickly into .build/ and leaves the
# committed files alone; `--check` compares what is committed with engine.sha256, and a rebuild too where this Go is present.
set -eu
cd "$(dirname "$0")"
mode=${1:-release}

node=../node_modules/.bin/node
[ -x "$node" ] || node=node
[ "$mode" != --check ] || "$node" pack.mjs --check-packed

# The toolchain that go.mod names: another Go gives other bytes.
wanted=$(sed -n 's/^toolchain //p' go.mod)
actual=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || echo none)
if [ "$actual" != "$wanted" ]; then
  if [ "$mode" = --check ]; then
    echo "engine: not rebuilt: go.mod wants $wanted, here is $actual"
    exit 0
  fi
  echo "engine: go.mod wants $wanted, here is $actual" >&2
  exit 1
fi

mkdir -p .build
# -trimpath, no version control stamp and no build id: nothing of the machine or the checkout is in the module.
GOTOOLCHAIN=local GOOS=wasip1 GOARCH=wasm GOFLAGS= GOWASM= CGO_ENABLED=0 \
  go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o ".build/engine.$$.wasm" .
# Renamed when whole: another build may run at the same time.
mv ".build/engine.$$.wasm" .build/engine.wasm

exec "$node" pack.mjs "$mode"
