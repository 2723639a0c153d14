import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

/** What is run or imported from outside, by its file in dist/. */
const entryPoints = {
  'app/main': 'src/app/main.ts',
  'app/fleet-page/fleet-state-worker': 'src/app/fleet-page/fleet-state-worker.ts',
  'cli/main': 'src/cli/main.ts',
  'cli/standby': 'src/cli/standby.ts',
  'engine/worker': 'src/engine/worker.ts',
  index: 'src/index.ts',
}

/**
 * Bundles our modules and leaves the dependencies to node_modules. What the entries share lies in chunks of dist/engine/:
 * the engine finds its worker and its module relative to its own file, from there as from src/engine/.
 */
export async function bundle(root: string, outdir = join(root, 'dist')): Promise<void> {
  // The action is bundled apart, and committed.
  const old = (await readdir(outdir).catch(() => [])).filter((name) => name !== 'action')
  await Promise.all(old.map((name) => rm(join(outdir, name), { recursive: true, force: true })))
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'engine/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  })
  await chmod(join(outdir, 'cli/main.js'), 0o755)
}
