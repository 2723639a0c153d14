import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkNames, commandHelp, commandUsage } from '../../src/review/review.ts'
import { parseFleetFile } from '../../src/app/fleet-file.ts'
import { settingRows } from '../../src/app/settings-table.ts'

/* docs/app.md names what there is. */

const text = readFileSync(resolve(import.meta.dirname, '../../docs/app.md'), 'utf8')

function yamlBlock(start: string): string {
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return blocks.find((block) => block.startsWith(start)) ?? expect.fail(`there is no example with ${start}`)
}

/** The fields that a fault of an unknown one lists. */
function fieldsOf(content: string): readonly string[] {
  const [fault = ''] = parseFleetFile(content, 'fleets.yaml').faults
  return /there are (.*)$/.exec(fault)?.[1]?.split(', ') ?? expect.fail(fault)
}

test('the example of the operator’s file is taken, and has every field', () => {
  const { fleets, faults } = parseFleetFile(yamlBlock('fleets:'), 'fleets.yaml')
  expect(faults).toEqual([])
  const used = new Set(fleets.flatMap(({ written }) => Object.keys(written)))
  expect([...used].sort()).toEqual([...fieldsOf('fleets: [{ repository: a/b, zzzzzzzzzzzz: 1 }]')].sort())
  const ofClusters = new Set(fleets.flatMap(({ written }) => Object.keys(written.clusters ?? {})))
  const known = fieldsOf('fleets: [{ repository: a/b, clusters: { zzzzzzzzzzzz: 1 } }]')
  expect([...ofClusters].sort()).toEqual([...known].sort())
})

test('every command has a row, in the order of its help', () => {
  const rows = [...text.matchAll(/^\| `(\/fleet .*?)` +\|/gm)].map(([, usage = '']) => usage)
  expect(rows.map((usage) => usage.replaceAll('\\|', '|'))).toEqual(commandHelp.map(commandUsage))
})

test('variables and checks are called as they are', () => {
  const known = new Set<string>(settingRows().map(([name]) => name))
  // The command line's own.
  for (const name of ['FLEETWRIGHT_KEY', 'FLEETWRIGHT_CREDENTIALS']) known.add(name)
  const named = [...text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((name) => !known.has(name))).toEqual([])
  for (const name of Object.values(checkNames)) expect(text).toContain(`check \`${name}\``)
})
