import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/diagnostics/catalogue.ts'

const root = resolve(import.meta.dirname, '../..')

function textsBelow(folder: string, name: RegExp): Map<string, string> {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return new Map(
    paths
      .filter((path) => name.test(path))
      .sort()
      .map((path) => [`${folder}/${path}`, readFileSync(join(root, folder, path), 'utf8')]),
  )
}

const codes = Object.keys(catalogue)
const sources = textsBelow('src', /\.ts$/)
const constructors = [...sources].filter(
  ([, text]) => /\bdiagnostic\(/.test(text) && !text.includes('function diagnostic('),
)
/** What says which diagnostics are expected: tests, and what the directory cases print. */
const expectations = [
  ...textsBelow('test', /\.ts$/).values(),
  ...textsBelow('fixtures/cases', /expected\.txt$/).values(),
].join('\n')

test('every code is made by a constructor, and every constructor makes a code of the catalogue', () => {
  const made = new Set(
    constructors.flatMap(([, text]) => [...text.matchAll(/'([a-z]+\/[a-z0-9-]+)'/g)].map(([, code]) => code)),
  )
  expect(codes.filter((code) => !made.has(code))).toEqual([])
})

test('every constructor is called', () => {
  const unused = constructors.flatMap(([path, text]) =>
    [...text.matchAll(/^export function (\w+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => {
        const others = [...sources].filter(([other]) => other !== path).map(([, one]) => one)
        const isCalled = (one: string): boolean => new RegExp(`\\b${name}\\b`).test(one)
        return !others.some(isCalled)
      })
      .map((name) => `${path}: ${name}`),
  )
  expect(unused).toEqual([])
})

test.each(codes)('%s is expected by a test', (code) => {
  expect(new RegExp(`${code}(?![a-z0-9-])`).test(expectations)).toBe(true)
})

test('every row is made of whole sentences, and no two codes say the same', () => {
  const rows = Object.entries(catalogue)
  const isSentence = (text: string): boolean => /^[^a-z].*[.)`]$/s.test(text) || /^[a-z`]+.*\.$/s.test(text)
  expect(
    rows.filter(([, { what, why, fix }]) => ![what, why, fix].every(isSentence)).map(([code]) => code),
  ).toEqual([])
  expect(new Set(rows.map(([, { what }]) => what)).size).toBe(rows.length)
})
