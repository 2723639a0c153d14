import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { actionInputsModule, actionManifest } from './pages/action-page.ts'

/** What is written from the tables of options, by path in the repository. */
function actionFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['action.yml', actionManifest()],
    ['src/action/inputs.generated.ts', actionInputsModule()],
  ])
}

export async function writeActionFiles(root: string): Promise<void> {
  for (const [path, text] of actionFiles()) await writeFile(join(root, path), text)
}

/** Whether they are what `--generate` would write; says what is not. */
export async function checkActionFiles(root: string): Promise<boolean> {
  const stale: string[] = []
  for (const [path, text] of actionFiles()) {
    const written = await readFile(join(root, path), 'utf8').catch(() => undefined)
    if (written !== text) stale.push(path)
  }
  if (stale.length === 0) return true
  console.error(`${stale.join(' and ')}: not what the code says; run \`npm run generate\` and commit it`)
  return false
}
