import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { createSqliteWork } from '../../../src/adapters/queue/sqlite-work.ts'
import type { AppPorts, CliCall, CliResult, Log, WorkRun } from '../../../src/app/types.ts'
import { initFiles } from '../../../src/cli/init-files.ts'
import type { WorkingRepository } from '../../../src/review/repositories-port.ts'
import type { RepositoryHost, StandingCheck } from '../../../src/review/repository-host-port.ts'
import type { RepositoryId, Work } from '../../../src/review/types.ts'
import type { GitHubDouble } from '../../github/github-double.ts'
import { createTestReviewer } from '../../github/test-reviewer.ts'
import { useGitHubDouble } from '../../github/use-github-double.ts'

export const repository: RepositoryId = { installation: 12, owner: 'fleet', name: 'demo' }
export { initFiles }

const root = resolve(import.meta.dirname, '../../..')
