// Packs .build/engine.wasm: `release` → engine.wasm.br and engine.sha256, `--fast` → .build/engine.wasm.br,
// `--check` → compares its hash with engine.sha256, `--check-packed` → that of engine.wasm.br, unpacked.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

const here = (name) => new URL(name, import.meta.url)
const mode = process.argv[2] ?? 'release'
const module =
  mode === '--check-packed'
    ? brotliDecompressSync(readFileSync(here('engine.wasm.br')))
    : readFileSync(here('.build/engine.wasm'))
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

if (mode.startsWith('--check')) {
  const what = mode === '--check' ? 'a rebuild' : 'engine.wasm.br'
  const recorded = readFileSync(here('engine.sha256'), 'utf8').trim()
  if (recorded !== digest) {
    console.error(`engine: ${what} is not what engine.sha256 says: recorded ${recorded}, found ${digest}`)
    console.error('engine: run `npm run build:engine` and commit engine/engine.wasm.br and engine/engine.sha256')
    process.exit(1)
  }
  console.log(`engine: ${what} is ${digest}, as recorded`)
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
