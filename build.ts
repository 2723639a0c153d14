/**
 * `node build.ts` builds dist/; `--action` builds dist/action/, which is committed; `--generate` writes docs/reference/ and
 * action.yml from the code; `--check-action` and `--check-generated` say whether that was done.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actionFolder, bundleAction, checkAction } from './build/bundle-action.ts'
import { bundle } from './build/bundle.ts'
import { writeDeclarations } from './build/declarations.ts'
import { root } from './build/root.ts'

const [mode = '--dist'] = process.argv.slice(2)

if (mode === '--dist') {
  await bundle(root)
  writeDeclarations(root)
} else if (mode === '--action') {
  await bundleAction(root, join(root, actionFolder))
} else if (mode === '--check-action') {
  const rebuilt = await mkdtemp(join(tmpdir(), 'fleetwright-action-'))
  try {
    if (!(await checkAction(root, rebuilt))) process.exitCode = 1
  } finally {
    await rm(rebuilt, { recursive: true, force: true })
  }
} else if (mode === '--generate' || mode === '--check-generated') {
  // Loaded here: it imports the product, which need not be whole for a build.
  const [{ checkReference, writeReference }, { checkActionFiles, writeActionFiles }] = await Promise.all([
    import('./build/reference.ts'),
    import('./build/action-files.ts'),
  ])
  if (mode === '--generate') {
    await writeReference(root)
    await writeActionFiles(root)
  } else {
    const isFresh = [await checkReference(root), await checkActionFiles(root)]
    if (isFresh.includes(false)) process.exitCode = 1
  }
} else {
  console.error('usage: node build.ts [--action | --check-action | --generate | --check-generated]')
  process.exitCode = 2
}
