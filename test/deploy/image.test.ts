import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DockerfileParser } from 'dockerfile-ast'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startServed } from '../app/served-process.ts'
import { createAppScene, settled, type AppScene } from '../e2e/app/app-scene.ts'
import { appComments, shownCheck } from '../e2e/app/what-stands.ts'
import { createTestEngine } from '../engine/built-engine.ts'
import { appChartObjects, appFleetsFile, appPod, appVariables } from './app-chart.ts'
import {
  findImageUser,
  layOutImage,
  makeReadOnly,
  makeWritable,
  type ImageContents,
} from './image-contents.ts'

/*
 * The contents of the image, run as the chart runs it: as nobody in particular, on files that it cannot write. The image itself
 * is not built.
 */

const root = resolve(import.meta.dirname, '../..')
const user = findImageUser()
const isSkipped = user === undefined && process.env['FLEETWRIGHT_REQUIRE_SHARED'] === undefined
/** Which the app is told by nobody. */
const mayWrite = ['/tmp', '/var/tmp', '/dev/shm']

let place = ''
let contents: ImageContents
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'fleetwright-image-'))
  // That of the run is closed to others, and somebody else has to get through.
  for (const folder of [tmpdir(), place])
    if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o711)
  contents = await layOutImage(place)
  makeReadOnly(contents.folder)
})
afterAll(() => {
  makeWritable(contents.folder)
  rmSync(place, { recursive: true, force: true, maxRetries: 3 })
})

/** A folder of this user alone, as a volume is. */
function makeVolume(name: string): string {
  const folder = join(place, name)
  mkdirSync(folder)
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  return folder
}

/** What `ENV` sets. */
function imageVariables(): Readonly<Record<string, string>> {
  const instructions = DockerfileParser.parse(
    readFileSync(join(root, 'Dockerfile'), 'utf8'),
  ).getInstructions()
  const words = instructions.flatMap((one) =>
    one.getKeyword() === 'ENV' ? one.getArguments().map((argument) => argument.getValue()) : [],
  )
  return Object.fromEntries(
    words.map((word): [string, string] => {
      const [name = '', ...value] = word.split('=')
      return [name, value.join('=')]
    }),
  )
}

interface Place {
  readonly data: string
  readonly temporary: string
}

/** The container's variables, with the folders of this machine for those of the image, and with ports that are free. */
async function containerVariables(
  { double, app }: AppScene,
  { data, temporary }: Place,
): Promise<{ readonly env: Readonly<Record<string, string>>; readonly graceSeconds: number }> {
  const engine = await createTestEngine()
  const values = {
    app: {
      ...{ id: app.id, existingSecret: 'app', clientId: app.clientId, logLevel: 'debug' },
      ...{ apiUrl: double.apiUrl, publicUrl: 'https://fleet.example.com' },
    },
    fleets: [{ repository: 'fleet/demo', memoryLimit: '1Gi' }],
  }
  const objects = await appChartObjects(engine, values).finally(() => engine.close())
  const pod = appPod(objects)
  const secret = {
    ...{ PRIVATE_KEY: app.privateKey, WEBHOOK_SECRET: app.webhookSecret },
    ...{ GITHUB_CLIENT_SECRET: app.clientSecret, SESSION_SECRET: 'a secret of no fewer than 32 characters' },
  }
  const fleets = join(temporary, 'fleets.yaml')
  writeFileSync(fleets, appFleetsFile(objects))
  const folders: Readonly<Record<string, string>> = {
    '/data': data,
    '/tmp': temporary,
    '/etc/fleetwright/fleets.yaml': fleets,
  }
  const env = { ...imageVariables(), ...appVariables(pod.containers[0], { app: secret }) }
  const here = Object.entries(env).map(([name, value]) => [name, folders[value] ?? value])
  return {
    env: {
      ...(Object.fromEntries(here) as Record<string, string>),
      // Where the temporary folder of the machine is another one.
      TMPDIR: temporary,
      ...{ HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0' },
    },
    graceSeconds: pod.terminationGracePeriodSeconds,
  }
}

/** Files of this user where everybody may write, beside the folders that it was given. */
function leftElsewhere(): readonly string[] {
  return mayWrite
    .filter((folder) => user?.uid !== process.getuid?.() && statSync(folder, { throwIfNoEntry: false }))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.uid === user?.uid)
}

test.skipIf(isSkipped)('nobody can write where the image has its files', () => {
  const write = `require('node:fs').writeFileSync(process.argv[1], '')`
  for (const folder of [contents.workingFolder, dirname(contents.program), contents.folder]) {
    const { status, stderr } = spawnSync(process.execPath, ['-e', write, join(folder, 'x')], {
      ...{ encoding: 'utf8', ...user },
    })
    expect(stderr).toContain('EACCES')
    expect(status).toBe(1)
  }
})

test.skipIf(isSkipped)('the program is found by its name, and has what it needs beside it', () => {
  const path = [dirname(contents.program), dirname(process.execPath), process.env['PATH']].join(':')
  const { stdout, stderr } = spawnSync('fleetwright', ['--version'], {
    ...{ cwd: contents.workingFolder, encoding: 'utf8', env: { PATH: path }, ...user },
  })
  expect({ stdout, stderr }).toEqual({ stdout: '0.1.0\n', stderr: '' })
})

test.skipIf(isSkipped)(
  'it compiles and reviews with the chart’s variables, writes into its two folders alone, and ends when it is told to',
  { timeout: 120_000 },
  async () => {
    const scene = await createAppScene()
    const { repository, app } = scene
    const folders = { data: makeVolume('data'), temporary: makeVolume('tmp') }
    const { env, graceSeconds } = await containerVariables(scene, folders)
    const served = await startServed({
      ...{ env, cli: contents.program, as: { cwd: contents.workingFolder, ...user } },
    })
    onTestFinished(() => served.kill())
    app.webhookUrl = `${served.url}/api/github/webhooks`
    await vi.waitFor(async () => expect((await fetch(`${served.url}/readyz`)).status).toBe(200), {
      timeout: 20_000,
    })
    await served.logged('reconciling')
    await settled(scene, served)
    expect(repository.branches().has('rendered'), served.output()).toBe(true)

    const { pull } = scene.openChange('welcome to')
    await settled(scene, served)
    const told = scene.double.deliveries.all.filter(({ event }) => event === 'pull_request')
    expect(told).toMatchObject([{ attempts: [{ statusCode: 202 }] }])
    expect(appComments(repository, pull.number)).toEqual([
      expect.stringContaining(pull.headCommit.slice(0, 12)),
    ])
    expect(shownCheck(repository, pull.headCommit, 'fleetwright')).toMatchObject({ conclusion: 'success' })
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200)

    served.child.kill('SIGTERM')
    expect(await Promise.race([served.ended, setTimeout(graceSeconds * 1000, 'too late')])).toBe(0)
    expect(leftElsewhere()).toEqual([])
    expect(readdirSync(folders.data).sort()).toEqual(
      expect.arrayContaining(['cache', 'repositories', 'work.sqlite']),
    )
  },
)
