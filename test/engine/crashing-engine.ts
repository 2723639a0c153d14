import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

/**
 * A packed module with the engine's exports that answers `hello` and executes `unreachable` for anything else: what a fault
 * of Go's runtime or of the compiler would look like. The real engine has no operation that does so.
 */
export function writeCrashingEngine(protocol: number): string {
  const header = JSON.stringify({ result: { protocol, helm: 'h', kustomize: 'k', go: 'g' }, blobs: [] })
  const path = join(mkdtempSync(join(tmpdir(), 'fleetwright-engine-')), 'engine.wasm.br')
  writeFileSync(path, brotliCompressSync(Uint8Array.from(assemble(header))))
  return path
}

const REQUEST_AT = 1024
const RESPONSE_AT = 4096
/** Where the operation's first letter is: after the header's length and `{"operation":"`. */
const OPERATION_AT = REQUEST_AT + 4 + 14

const [I32, I64] = [0x7f, 0x7e]

function assemble(header: string): number[] {
  const response = [...u32(header.length), ...Buffer.from(header)]
  const answer = (BigInt(RESPONSE_AT) << 32n) | BigInt(response.length)
  const bodies = [
    [], // _initialize
    [0x41, ...leb(REQUEST_AT)], // alloc: i32.const
    [], // free
    // call: if the byte at OPERATION_AT is not `h`: unreachable; i64.const answer
    [0x41, ...leb(OPERATION_AT), 0x2d, 0, 0, 0x41, ...leb(0x68), 0x47, 0x04, 0x40, 0x00, 0x0b, 0x42, ...leb(answer)],
    [0x41, 0], // gcCycles
  ]
  const names = ['_initialize', 'alloc', 'free', 'call', 'gcCycles']
  return [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([[0x60, 0, 0], [0x60, 1, I32, 1, I32], [0x60, 1, I32, 0], [0x60, 1, I32, 1, I64], [0x60, 0, 1, I32]])),
    ...section(3, list([[0], [1], [2], [3], [4]])),
    ...section(5, [1, 0, 1]),
    ...section(7, list([[...text('memory'), 2, 0], ...names.map((name, index) => [...text(name), 0, index])])),
    ...section(10, list(bodies.map((body) => sized([0, ...body, 0x0b])))),
    ...section(11, list([[0, 0x41, ...leb(RESPONSE_AT), 0x0b, ...sized(response)]])),
  ]
}

function section(id: number, content: number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function list(items: number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function text(value: string): number[] {
  return sized([...Buffer.from(value)])
}

function u32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** Signed LEB128 of a number that is not negative. */
function leb(value: number | bigint): number[] {
  const rest = BigInt(value)
  return rest < 0x40n ? [Number(rest)] : [Number(rest & 0x7fn) | 0x80, ...leb(rest >> 7n)]
}
