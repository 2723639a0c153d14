import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { bundle } from '../../build/bundle.ts'

/* What the Dockerfile puts together, without the system that it stands on. */

const root = resolve(import.meta.dirname, '../..')

export interface ImageContents {
  /** The image's `/`. */
  readonly folder: string
  /** The image's `/usr/local/bin/fleetwright`. */
  readonly program: string
  /** The image's `/app`. */
  readonly workingFolder: string
}

/** Builds as the first stage does, from what the builder is given, and lays out what the last stage has, in an empty folder. */
export async function layOutImage(place: string): Promise<ImageContents> {
  const build = join(place, 'build')
  for (const path of readBuildContext()) cpSync(join(root, path), join(build, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(build, 'node_modules'))
  await bundle(build)
  const archive = packPackage(build, place)
  const folder = join(place, 'image')
  const workingFolder = join(folder, 'app')
  for (const path of readProductionPackages()) placePackage(path, workingFolder)
  const installed = join(workingFolder, 'node_modules/fleetwright')
  mkdirSync(installed)
  execFileSync('tar', [
    '--extract',
    '--gzip',
    '--strip-components=1',
    `--file=${archive}`,
    `--directory=${installed}`,
  ])
  const program = join(folder, 'usr/local/bin/fleetwright')
  mkdirSync(dirname(program), { recursive: true })
  symlinkSync(join(installed, 'dist/cli/main.js'), program)
  return { folder, program, workingFolder }
}

/** What `.dockerignore` lets through. */
function readBuildContext(): readonly string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
}

/** Without the declarations of types, which nobody reads in an image. */
function packPackage(build: string, place: string): string {
  const options = [
    '--ignore-scripts',
    '--silent',
    '--cache',
    join(place, 'cache'),
    '--pack-destination',
    place,
  ]
  const name = execFileSync('npm', ['pack', ...options], {
    ...{ cwd: build, encoding: 'utf8' as const, stdio: ['ignore', 'pipe', 'inherit'] },
  })
  return join(place, name.trim())
}

interface LockedPackage {
  readonly dev?: boolean
  readonly optional?: boolean
}

/** Folders that `npm ci --omit=dev` fills, as the lock file has them. */
function readProductionPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>
  }
  return Object.entries(packages).flatMap(([path, { dev, optional }]) => {
    const isWanted = path !== '' && dev !== true
    // Of optional ones those are there that this machine can run.
    return isWanted && (optional !== true || existsSync(join(root, path))) ? [path] : []
  })
}

/** Files are linked, so that it costs nothing; folders are new, and have nothing in them but this very package. */
function placePackage(path: string, workingFolder: string): void {
  const to = join(workingFolder, path)
  mkdirSync(to, { recursive: true })
  placeFolder(join(root, path), to)
}

function placeFolder(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules') continue
      mkdirSync(target, { recursive: true })
      placeFolder(source, target)
    } else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else placeFile(source, target)
  }
}

function placeFile(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    // On another device, or where links to files of somebody else are not allowed.
    copyFileSync(source, target)
  }
}

/** Whose process the app is. */
export interface ImageUser {
  readonly uid: number
  readonly gid: number
}

/**
 * Somebody who may not write what this process writes: another user where that can be had, else this one, from whom the right
 * to write folders is taken. Undefined where neither holds anybody back.
 */
export function findImageUser(): ImageUser | undefined {
  const own = process.getuid?.()
  const group = process.getgid?.()
  if (own === undefined || group === undefined) return undefined
  if (own !== 0) return { uid: own, gid: group }
  const id = 20_000 + (process.pid % 40_000)
  const { status } = spawnSync(process.execPath, ['--version'], { uid: id, gid: id })
  return status === 0 ? { uid: id, gid: id } : undefined
}

export function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeReadOnly(join(folder, entry.name))
  chmodSync(folder, 0o555)
}

/** So that it can be removed. */
export function makeWritable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(folder, entry.name))
}
