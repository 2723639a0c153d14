import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundleAction } from '../../build/bundle-action.ts'

const root = resolve(import.meta.dirname, '../..')

/** The action as a workflow gets it: what it needs of the repository and nothing else, bundled from the code as it is now. */
export async function buildAction(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetwright-built-action-'))
  await bundleAction(root, join(folder, 'dist/action'))
  for (const name of ['action.yml', 'package.json']) copyFileSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'engine'))
  for (const name of ['engine.wasm.br', 'engine.sha256'])
    copyFileSync(join(root, 'engine', name), join(folder, 'engine', name))
  symlinkSync(join(root, 'templates'), join(folder, 'templates'))
  return folder
}
