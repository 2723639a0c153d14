import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Where the action lies in the repository; `action.yml` names it. */
export const actionFolder = 'dist/action'

/**
 * Bundles the action with everything that it depends on: GitHub runs what lies in the repository and installs nothing. The
 * engine's module and the templates are found beside dist/, where they lie in the repository anyway. Two builds of one
 * checkout give the same bytes.
 */
export async function bundleAction(root: string, outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/action/main.ts', cli: 'src/cli/main.ts', worker: 'src/engine/worker.ts' },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    // Names of classes are printed in errors.
    keepNames: true,
    // Some dependencies are CommonJS and ask for modules of Node while they run.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Whether the committed action is what the code gives; says what is not. */
export async function checkAction(root: string, rebuilt: string): Promise<boolean> {
  await bundleAction(root, rebuilt)
  const [committed, wanted] = await Promise.all([readFolder(join(root, actionFolder)), readFolder(rebuilt)])
  const names = [...new Set([...committed.keys(), ...wanted.keys()])].sort()
  const stale = names.filter((name) => committed.get(name) !== wanted.get(name))
  if (stale.length === 0) return true
  console.error(`${actionFolder} is not what the code says: ${stale.join(', ')}`)
  console.error('run `npm run build:action` and commit it')
  return false
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => [])
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')] as const),
    ),
  )
}
