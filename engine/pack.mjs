// Packs .build/engine.wasm: `release` → engine.wasm.br and engine.sha256, `--fast` → .build/engine.wasm.br,
// `--check` → compares its hash with engine.sha256.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const here = (name) => new URL(name, import.meta.url)
const mode = process.argv[2] ?? 'release'
const module = readFileSync(here('.build/engine.wasm'))
const digest = createHash('sha256').update(module).digest('hex')

/** A window of 24 bits is the largest that every Brotli decoder takes. */
function pack(quality) {
  return brotliCompressSync(module, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
    },
  })
}

const sizes = (packed) => `${String(module.length)} bytes, ${String(packed.length)} packed, sha256 ${digest}`

if (mode === '--check') {
  const committed = readFileSync(here('engine.sha256'), 'utf8').trim()
  if (committed !== digest) {
    console.error(`engine: engine.wasm.br is not what the sources build: committed ${committed}, built ${digest}`)
    console.error('engine: run `npm run build:engine` and commit engine/engine.wasm.br and engine/engine.sha256')
    process.exit(1)
  }
  console.log(`engine: sources build ${digest}, as committed`)
} else if (mode === '--fast') {
  const packed = pack(1)
  writeFileSync(here('.build/engine.wasm.br'), packed)
  console.log(`engine: .build/engine.wasm.br: ${sizes(packed)}`)
} else {
  const packed = pack(11)
  writeFileSync(here('engine.wasm.br'), packed)
  writeFileSync(here('engine.sha256'), `${digest}\n`)
  console.log(`engine: engine.wasm.br: ${sizes(packed)}`)
}
