/** The action of GitHub: the only file of it that touches the process. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { StringDecoder } from 'node:string_decoder'
import { fileURLToPath } from 'node:url'
import {
  endGroup,
  notice,
  setFailed,
  setOutput,
  setSecret,
  startGroup,
  summary,
  warning,
} from '@actions/core'
import manifest from '../../package.json' with { type: 'json' }
import { createGitHubReviewer } from '../adapters/github/github.ts'
import type { ActionIo, ProcessCall, ProcessResult } from './action-io.ts'
import { runAction } from './run-action.ts'

const running = new Set<ReturnType<typeof spawn>>()

function runProcess({ file, args, folder, env, onOutput }: ProcessCall): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: folder, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    const texts = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      const decoder = new StringDecoder('utf8')
      child[stream].on('data', (chunk: Buffer) => {
        const text = decoder.write(chunk)
        texts[stream] += text
        onOutput?.(text, stream)
      })
    }
    child.on('error', (cause) => {
      running.delete(child)
      reject(cause)
    })
    child.on('close', (exitCode) => {
      running.delete(child)
      resolve({ exitCode: exitCode ?? 130, ...texts })
    })
  })
}

// A job that is cancelled ends its children first, which leave nothing half done.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    process.exitCode = 130
  })

const io: ActionIo = {
  env: process.env,
  nodePath: process.execPath,
  cliPath: fileURLToPath(new URL('./cli.js', import.meta.url)),
  now: () => Date.now(),
  randomWord: () => randomBytes(16).toString('hex'),
  write: (text) => void process.stdout.write(text),
  ...{ startGroup, endGroup, setOutput },
  warn: (message) => warning(message),
  notice: (message) => notice(message),
  addSummary: async (markdown) => {
    await summary.addRaw(markdown, true).write()
  },
  run: runProcess,
  createReviewer: ({ apiUrl, repository, token }) =>
    createGitHubReviewer({
      ...{ apiUrl, repository, environment: process.env },
      token: () => Promise.resolve(token),
      userAgent: `fleetwright/${manifest.version}`,
    }),
}

const token = process.env['INPUT_TOKEN']
if (token !== undefined && token !== '') setSecret(token)
for (const failure of await runAction(io)) setFailed(failure)
