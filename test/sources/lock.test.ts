import { expect, test } from 'vitest'
import { positionOf } from '../../src/diagnostics/position.ts'
import type { Diagnostic } from '../../src/diagnostics/types.ts'
import { formatLock, parseLock } from '../../src/sources/sources.ts'
import type { Pin } from '../../src/sources/types.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const head = 'apiVersion: fleetwright.dev/v1alpha1\nkind: Lock\n'

function read(text: string) {
  const diagnostics: Diagnostic[] = []
  const lock = parseLock({ path: 'fleetwright.lock', text }, (each) => diagnostics.push(each))
  return {
    lock,
    faults: diagnostics.map(({ code, message, span }) => {
      const { line, column } = span === undefined ? { line: 0, column: 0 } : positionOf(span.file, span.start)
      return `${code} ${line}:${column} ${message}`
    }),
  }
}

test('a lock is written sorted, and reads back as it was', () => {
  const pins = new Map<string, Pin>([
    [
      'helm:https://charts.example.com#b@^1',
      { version: '1.10.0', digest, url: 'https://charts.example.com/b-1.10.0.tgz' },
    ],
    ['bucket:minio/x/', { version: '', revision: `sha256:${'0'.repeat(64)}`, digest }],
    ['a "quoted" key: #x', { version: 'refs/heads/main', revision: '1'.repeat(40), digest }],
  ])
  const text = formatLock(pins)
  expect(text)
    .toBe(`# Written by \`fleetwright update\`: what ranges, branches and URLs mean. Commit it; do not edit it.
${head}sources:
  "a \\"quoted\\" key: #x":
    version: refs/heads/main
    revision: "${'1'.repeat(40)}"
    digest: ${digest}
  "bucket:minio/x/":
    revision: sha256:${'0'.repeat(64)}
    digest: ${digest}
  "helm:https://charts.example.com#b@^1":
    version: 1.10.0
    digest: ${digest}
    url: "https://charts.example.com/b-1.10.0.tgz"
`)
  const { lock, faults } = read(text)
  expect(faults).toEqual([])
  expect(formatLock(lock?.entries ?? new Map())).toBe(text)
  expect(lock?.entries.get('bucket:minio/x/')).toMatchObject({ version: '', digest })
})

test('an empty lock is a lock', () => {
  expect(read(formatLock(new Map())).lock?.entries.size).toBe(0)
  expect(read(`${head}sources:\n`).lock?.entries.size).toBe(0)
})

test.each([
  ['a missing digest', `${head}sources:\n  "x":\n    version: 1.0.0\n`, '4:3', '`x` has no `digest`'],
  [
    'a short digest',
    `${head}sources:\n  x: { digest: "sha256:ab" }\n`,
    '4:3',
    '`x` has a `digest` that is no `sha256:` and 64 hexadecimal digits',
  ],
  [
    'an unknown field',
    `${head}sources:\n  x: { digest: "${digest}", sha: 1 }\n`,
    '4:3',
    '`x` has the unknown field `sha`',
  ],
  ['an entry that is text', `${head}sources:\n  x: 1\n`, '4:3', '`x` is no mapping'],
  [
    'a merge conflict',
    `${head}sources:\n<<<<<<< ours\n  x: 1\n=======\n`,
    '4:1',
    'it holds a merge conflict',
  ],
  ['another kind', 'kind: ConfigMap\n', '1:1', 'it is no `kind: Lock` of fleetwright.dev/v1alpha1'],
  [
    'one key twice',
    `${head}sources:\n  x: { digest: "${digest}" }\n  x: { digest: "${digest}" }\n`,
    '5:3',
    'Map keys must be unique',
  ],
])('%s is a fault at its place, and the lock is not used', (_, text, position, reason) => {
  const { lock, faults } = read(text)
  expect(lock).toBeUndefined()
  expect(faults[0]).toContain(`sources/malformed-lock ${position} fleetwright.lock cannot be used: ${reason}`)
})
