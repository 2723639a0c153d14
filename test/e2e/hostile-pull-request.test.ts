import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { basic, serve, serveFiles, type LoopbackServer } from '../adapters/charts/loopback.ts'
import { commitFiles, git, runCommand, temporaryFolder } from '../cli/run-command.ts'
import { readTags } from '../report/page/read-tags.ts'
import { isBalanced, scanMarkdown } from '../report/review/scan-markdown.ts'
import { tarGzOf } from '../sources/archives.ts'
import { hostileFleet, quietFleet, sentinels, type Files, type Hosts } from './hostile/hostile-fleet.ts'

/** What this machine has, and a stranger must not: tokens, keys, credentials of the very hosts that he names. */
const environment = (hosts: Hosts): Readonly<Record<string, string>> => ({
  AWS_SECRET_ACCESS_KEY: sentinels.environment,
  GITHUB_TOKEN: sentinels.environment,
  FLEETWRIGHT_CREDENTIALS: JSON.stringify(
    Object.fromEntries(Object.values(hosts).map((host) => [host, { token: sentinels.token }])),
  ),
})

interface Outcome {
  readonly exitCode: number
  /** Everything that was said and written, by name. */
  readonly outputs: ReadonlyMap<string, string>
  /** Authorization of each request, by host. */
  readonly sent: Readonly<Record<keyof Hosts, readonly (string | undefined)[]>>
  readonly listing: readonly string[]
}

/** Commits files and links in place of all that is there. */
function commitTree(folder: string, files: Files): void {
  const links = Object.entries(files).filter(([, text]) => text.startsWith('-> '))
  for (const [path, text] of links) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    rmSync(join(folder, path), { force: true })
    symlinkSync(text.slice(3), join(folder, path))
  }
  commitFiles(folder, Object.fromEntries(Object.entries(files).filter(([, text]) => !text.startsWith('-> '))))
}

async function reviewHostileHead(...args: readonly string[]): Promise<Outcome> {
  const archive = await tarGzOf([
    { name: 'app/Chart.yaml', content: 'apiVersion: v2\nname: app\nversion: 1.0.0\n' },
    {
      name: 'app/templates/app.yaml',
      content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}" }\n',
    },
  ])
  const repository = {
    '/index.yaml': 'entries:\n  app:\n  - version: 1.0.0\n    urls: [app.tgz]\n',
    '/app.tgz': archive,
  }
  const servers: Record<keyof Hosts, LoopbackServer> = {
    charts: await serveFiles(repository, basic('fleet', sentinels.secret)),
    mirror: await serveFiles(repository),
    inside: await serve((_, response) => response.end(`kind: ConfigMap # ${sentinels.file}\n`)),
  }
  const hosts: Hosts = {
    charts: servers.charts.host,
    mirror: servers.mirror.host,
    inside: servers.inside.host,
  }
  const folder = join(temporaryFolder(), 'fleet')
  mkdirSync(folder)
  writeFileSync(join(folder, '..', 'outside.txt'), sentinels.file)
  commitTree(folder, quietFleet(hosts))
  const compiled = await runCommand(folder, ['compile'])
  expect(compiled.stderr).not.toContain('error')
  git(folder, 'checkout', '--quiet', '-b', 'change')
  commitTree(folder, hostileFleet(hosts, { isSlow: args.length > 0 }))
  const before = git(folder, 'for-each-ref')
  for (const server of Object.values(servers)) server.requests.length = 0
  const command = ['diff', 'main', 'change', '--report', '../out', ...args]
  const { exitCode, stdout, stderr } = await runCommand(folder, command, { env: environment(hosts) })
  const out = join(folder, '..', 'out')
  const files = readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')] as const)
  expect(git(folder, 'for-each-ref')).toBe(before)
  return {
    exitCode,
    outputs: new Map([...files, ['stdout', stdout], ['stderr', stderr]]),
    sent: {
      charts: servers.charts.requests.map(({ headers }) => headers.authorization),
      mirror: servers.mirror.requests.map(({ headers }) => headers.authorization),
      inside: servers.inside.requests.map(({ headers }) => headers.authorization),
    },
    listing: readdirSync(join(folder, '..')),
  }
}

/** Elements that fetch or run something. */
const active = /^(?:img|iframe|frame|object|embed|base|applet|audio|video|source|math)$/

describe.each([
  ['of a fork', ['--untrusted']],
  ['of a colleague', []],
])('the pull request %s that wants more than it may', (who, args) => {
  let made: Promise<Outcome> | undefined
  const outcome = (): Promise<Outcome> => (made ??= reviewHostileHead(...args))

  test('gets a report all the same, in every format', async () => {
    const { exitCode, outputs } = await outcome()
    expect(exitCode).toBe(1)
    expect([...outputs.keys()].sort()).toEqual(
      [
        ...[
          'annotations.txt',
          'check.json',
          'comment.md',
          'proposal.json',
          'report.html',
          'review.json',
          'review.sarif',
        ],
        ...['review.txt', 'stderr', 'stdout', 'summary.md'],
      ].sort(),
    )
    const { baseline, changes } = JSON.parse(outputs.get('review.json') ?? '') as Review
    expect(baseline).toBe('pr')
    expect(changes.map(({ unit }) => unit)).toContain('policy-default-bombs')
  }, 300_000)

  test('sees nothing of the machine, of its files, its environment or its Secrets', async () => {
    const { outputs, listing } = await outcome()
    const told = [...outputs].flatMap(([name, text]) =>
      [...Object.values(sentinels), 'root:x:', Buffer.from(sentinels.secret).toString('base64').slice(0, 30)]
        .filter((sought) => text.includes(sought))
        .map((sought) => `${name}: ${sought}`),
    )
    expect(told).toEqual([])
    expect(listing).not.toContain('pwned')
  })

  test('makes nobody be asked inside, and has no Secret sent where the base does not send it', async () => {
    const { sent } = await outcome()
    expect(sent.inside).toEqual([])
    expect(sent.mirror).not.toContain(basic('fleet', sentinels.secret))
    if (who === 'of a fork') expect(sent.mirror).toEqual([])
  })

  test('has everything that it loosens taken from the base, and told', async () => {
    const { outputs } = await outcome()
    const { dangers } = JSON.parse(outputs.get('review.json') ?? '') as Review
    const high = dangers.filter(({ severity }) => severity === 'high').map(({ message }) => message)
    for (const said of [
      'spec.brakes.maxDeletedShare goes from 0.1 to 1',
      'spec.brakes.protect',
      'spec.secrets.allow',
      'spec.review.silence',
      'spec.review.commands.allow',
      'spec.sources.allowedHosts',
      'spec.rendered.branch',
      'spec.rendered.adopt',
      'spec.facts.maxAge',
      'templates of reports change',
      'the credentials of the Secret platform/registry would be sent to',
      'remote:http://169.254.169.254/latest/meta-data',
      'remote:http://2130706433',
      'kustomize:http://[::ffff:127.0.0.1]',
    ])
      expect(high.filter((message) => message.startsWith(said))).not.toEqual([])
    expect([...outputs.values()].join('')).not.toContain('FORGED')
  })

  test('pings nobody, forges nothing and breaks no Markdown', async () => {
    const { outputs } = await outcome()
    const { summary = '', text = '' } = JSON.parse(outputs.get('check.json') ?? '') as Check
    for (const body of [outputs.get('comment.md') ?? '', summary, text])
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536)
    for (const body of [outputs.get('comment.md') ?? '', outputs.get('summary.md') ?? '', summary, text]) {
      const { details, openFences, prose, comments, tags } = scanMarkdown(body)
      expect(isBalanced(details)).toBe(true)
      expect(openFences).toBe(0)
      expect(comments.filter((comment) => comment.includes('fleetwright-review'))).toEqual([])
      expect(tags.filter((tag) => !/^<\/?(?:details|summary|code|br)>$/.test(tag))).toEqual([])
      expect(prose).not.toMatch(/@\w|#\d|\bGH-\d|:\/\/|!\[|javascript:/)
      expect(prose).not.toMatch(/^#+ (?:Nothing changes|Dangers: none|Approved)/m)
      expect(body.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
    }
  })

  test('puts no markup of its own into the page, and nothing that steers a terminal or the log', async () => {
    const { outputs } = await outcome()
    const { tags, raw } = readTags(outputs.get('report.html') ?? '')
    expect(tags.filter(({ name }) => active.test(name))).toEqual([])
    expect(
      tags.flatMap(({ attributes }) => [...attributes.keys()]).filter((name) => /^on/.test(name)),
    ).toEqual([])
    expect(raw.filter(({ text }) => text.includes('alert(1)'))).toEqual([])
    for (const name of ['stdout', 'stderr', 'review.txt', 'annotations.txt'])
      expect((outputs.get(name) ?? '').replace(/\n/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    for (const line of (outputs.get('annotations.txt') ?? '').trimEnd().split('\n'))
      expect(line).toMatch(/^::(?:error|warning|notice) (?:file=|title=)/)
  })

  test('cannot pass a text off as a mask', async () => {
    const { outputs } = await outcome()
    expect(outputs.get('review.json')).toContain('⟨written secret a1b2⟩')
    expect([...outputs.values()].join('')).not.toContain('⟨secret a1b2⟩')
  })
})

interface Review {
  readonly baseline: string
  readonly changes: readonly { readonly unit: string }[]
  readonly dangers: readonly { readonly severity: string; readonly message: string }[]
}

interface Check {
  readonly summary?: string
  readonly text?: string
}
