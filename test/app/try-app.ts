/**
 * `npm run try:app`: the App from source, with a GitHub on loopback that has one small fleet, until Ctrl-C. Push to it, open pull
 * requests and comment by its API: webhooks, checks and comments follow as they do on GitHub.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initFiles } from '../../src/cli/init-files.ts'
import { createGitHubDouble } from '../github/github-double.ts'
import { appEnvironment, startServed } from './served-process.ts'

const tell = (line: string): void => void process.stdout.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), 'fleetwright-try-'))
const double = await createGitHubDouble({ clock: 'real' })
const app = double.createApp()
app.install('fleet', ['fleet/demo'])
const repository = double.repository()
repository.collaborators.set('ada', { role: 'admin' })
repository.commit('main', initFiles)

const served = await startServed({
  env: { FLEETWRIGHT_DATA: join(folder, 'data'), ...appEnvironment(double, app) },
})
app.webhookUrl = `${served.url}/api/github/webhooks`
served.child.stdout?.pipe(process.stdout)

const token = double.createToken('ada', {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'read',
})
const { host } = new URL(double.url)
const api = `curl -sH 'authorization: Bearer ${token}' ${double.apiUrl}/repos/fleet/demo`
tell(`
The App listens on ${served.url}, and its metrics are on ${served.metricsUrl}.

  git clone http://ada:${token}@${host}/fleet/demo.git
  ${api}/pulls -d '{"title":"Try","head":"BRANCH","base":"main"}'
  ${api}/issues/1/comments -d '{"body":"/fleet diff"}'
  ${api}/issues/1/comments
  ${api}/commits/COMMIT/check-runs
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => served.child.kill('SIGTERM'))
process.exitCode = (await served.ended) ?? 1
// What was asked of the double by hand need not be what GitHub describes.
await double.close().catch((error: unknown) => tell(String(error)))
rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
