import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROTOCOL_VERSION, decodeResponse, encodeRequest } from '../../src/engine/protocol.ts'
import type { Request, SentObject } from '../../src/engine/protocol.ts'
import type { EngineFault } from '../../src/engine/types.ts'

function readGoldens<T>(name: string): readonly T[] {
  const file = new URL(`../../engine/testdata/protocol/${name}`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as T[]
}

/** A golden frame is written as header and blobs; the length of the header, in bytes, goes in front. */
function toFrame(golden: string): Buffer {
  const end = golden.search(/"blobs":\[[^\]]*\]\}/)
  const header = golden.slice(0, golden.indexOf('}', end) + 1)
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32LE(Buffer.byteLength(header))
  return Buffer.concat([prefix, Buffer.from(golden)])
}

describe('requests', () => {
  for (const { name, frame, ...request } of readGoldens<Request & { name: string; frame: string }>('requests.json')) {
    it(name, () => {
      expect(Buffer.from(encodeRequest(request)).toString()).toBe(toFrame(frame).toString())
    })
  }

  it('bytes that are no UTF-8 cross as they are', () => {
    const frame = Buffer.from(encodeRequest({ operation: 'x', payload: 0, blobs: [new Uint8Array([0xff, 0, 0xfe])] }))
    expect([...frame.subarray(-3)]).toEqual([0xff, 0, 0xfe])
  })
})

describe('responses', () => {
  interface Golden {
    readonly name: string
    readonly frame: string
    readonly result?: unknown
    readonly fault?: EngineFault
    readonly objects?: readonly SentObject[]
    readonly texts: readonly string[]
  }
  for (const golden of readGoldens<Golden>('responses.json')) {
    it(golden.name, () => {
      const response = decodeResponse(toFrame(golden.frame))
      expect(response.result).toEqual(golden.result)
      expect(response.fault).toEqual(golden.fault)
      expect(response.objects).toEqual(golden.objects)
      expect(golden.texts.map((_, index) => response.text(index))).toEqual(golden.texts)
    })
  }

  it('a frame that is not as long as it says is refused', () => {
    const frame = toFrame('{"blobs":[3]}abc')
    expect(() => decodeResponse(frame.subarray(0, -1))).toThrow('not as long as its header says')
    expect(() => decodeResponse(frame.subarray(0, 10))).toThrow('shorter than its header')
    expect(() => decodeResponse(frame.subarray(0, 2))).toThrow('no header length')
    expect(() => decodeResponse(frame).text(1)).toThrow('no blob 1')
  })
})

it('both sides describe the protocol in the same words', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const rules = (text: string) => [...text.matchAll(/^\W*(\d\. .*)$/gm)].map(([, rule]) => rule).slice(0, 5)
  const go = read('../../engine/protocol.go')
  expect(rules(read('../../src/engine/protocol.ts'))).toEqual(rules(go))
  expect(go).toContain(`protocolVersion = ${PROTOCOL_VERSION}\n`)
})
