import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { readRemoteUrls } from '../adapters/git/repository-place.ts'
import { bootstrapObjects } from '../branch/branch.ts'
import { defaultConfig } from '../config/config.ts'
import { assert, EnvironmentError } from '../diagnostics/errors.ts'
import { initFiles } from './init-files.ts'
import { exitCodes, UsageError, type ExitCode, type Io } from './io.ts'
import type { Options } from './options.ts'
import { createPrinter } from './printing.ts'

/** The clusters of the fleet that is written. */
const clusters = ['fleet/production', 'fleet/staging'].map((id) => ({ id, namespace: 'fleet' }))

/** `fleetwright init [DIR]`. */
export async function runInit(options: Options, io: Io, [name = '.']: readonly string[]): Promise<ExitCode> {
  const printer = createPrinter(options, io)
  const folder = resolve(io.cwd, name)
  const files = Object.keys(initFiles).sort()
  await attempt(`write a fleet into ${folder}`, async () => {
    await mkdir(folder, { recursive: true })
    const there = (await readdir(folder)).filter((entry) => entry !== '.git')
    if (there.length > 0)
      throw new UsageError(`${folder} is not empty: it has ${there.slice(0, 3).join(', ')}`)
    for (const [path, text] of Object.entries(initFiles)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
  })
  const [url = 'https://git.example.com/fleet.git'] = await readRemoteUrls(folder)
  printer.text(`${formatNextSteps(relative(io.cwd, folder), files)}\n${await formatBootstrap(url, io)}`)
  printer.json({ folder, files })
  return exitCodes.done.code
}

function formatNextSteps(folder: string, files: readonly string[]): string {
  const enter = folder === '' ? [] : [`  cd ${folder}`]
  return [
    'Wrote',
    ...files.map((path) => `  ${path}`),
    '',
    'Next',
    ...enter,
    '  git init && git add . && git commit -m "Begin the fleet"',
    '  fleetwright compile',
    '  git push origin HEAD rendered',
    '',
    'Once, in the management cluster with Flux, so that it follows the rendered branch:',
    '',
  ].join('\n')
}

/** What a person applies by hand, once; everything else comes from the rendered branch. */
async function formatBootstrap(url: string, io: Io): Promise<string> {
  const objects = bootstrapObjects(defaultConfig, { url, clusters }).flatMap((step) => step.objects)
  const engine = await io.startEngine(1)
  try {
    const printed = await engine.printObjects(objects.map((object) => JSON.stringify(object)))
    assert(printed.ok, 'bootstrap objects can be printed')
    return printed.value.map(({ text }) => `---\n${text}`).join('')
  } finally {
    await engine.close()
  }
}

async function attempt(operation: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new EnvironmentError({
      adapter: 'disk',
      operation,
      message: cause instanceof Error ? cause.message : String(cause),
      retryable: false,
      hint: 'name a folder that can be written',
      cause,
    })
  }
}
