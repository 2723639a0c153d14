/**
 * `node build.ts` builds dist/; `--generate` writes docs/reference/ from the code; `--check-generated` says whether that
 * was done.
 */
import { bundle } from './build/bundle.ts'
import { writeDeclarations } from './build/declarations.ts'
import { root } from './build/root.ts'

const [mode = '--dist'] = process.argv.slice(2)

if (mode === '--dist') {
  await bundle(root)
  writeDeclarations(root)
} else if (mode === '--generate' || mode === '--check-generated') {
  // Loaded here: it imports the product, which need not be whole for a build.
  const { checkReference, writeReference } = await import('./build/reference.ts')
  if (mode === '--generate') await writeReference(root)
  else if (!(await checkReference(root))) process.exitCode = 1
} else {
  console.error('usage: node build.ts [--generate | --check-generated]')
  process.exitCode = 2
}
