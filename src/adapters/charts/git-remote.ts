import type { LookupAddress } from 'node:dns'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  maxDocumentBytes,
  maxFileBytes,
  maxFiles,
  maxTreeBytes,
  SourceFailure,
  type Access,
  type Download,
  type Offer,
  type RemoteReference,
} from '../../sources/source-remote-port.ts'
import type { RetryPolicy } from '../retry/retry.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { AmbientCredentials } from './ambient-credentials.ts'
import { authorizationFor, toTlsOptions, withoutUserinfo } from './authorization.ts'
import { isProxied } from './dispatcher.ts'
import { hostOf, portOf, type EgressGuard } from './egress-guard.ts'
import { readCommit } from './git-content.ts'
import { parseAdvertisement, toOffers } from './git-advertisement.ts'
import { runGit, type GitCommand } from './git-command.ts'
import type { HttpClient } from './http-client.ts'
import { assertOk, toSourceFailure } from './http-failure.ts'
import { withSourceRetries } from './retry.ts'

type GitReference = Extract<RemoteReference, { type: 'git' }>

export interface GitRemote {
  list(reference: GitReference, access: Access): Promise<readonly Offer[]>
  download(reference: GitReference, offer: Offer, access: Access): Promise<Download>
}

export interface GitRemoteOptions {
  readonly http: HttpClient
  readonly ambient: AmbientCredentials
  readonly guard: EgressGuard
  readonly waiting: Waiting
  readonly retries: RetryPolicy
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Short-lived clones are put here and removed. */
  readonly temporaryFolder: string
  readonly stallTimeoutMs: number
  readonly deadlineMs: number
}

/** A remote as this run found it. */
interface OpenRemote {
  readonly url: string
  readonly host: string
  readonly offers: readonly Offer[]
  readonly settings: Readonly<Record<string, string>>
  readonly environment: GitCommand['environment']
}

/** A ref advertisement of 100,000 refs has about 8 MiB. */
const maxAdvertisementBytes = 8 * maxDocumentBytes

/**
 * Git over HTTPS, HTTP and SSH. Refs of an HTTP remote are read with the client of all other sources, so that statuses,
 * redirects, credentials and the guard are the same; Git itself gets the address that was found, and follows nothing.
 */
export function createGitRemote(options: GitRemoteOptions): GitRemote {
  return {
    list: (reference, access) =>
      inFolder(options, async (folder) => (await open(reference, access, folder, options)).offers),
    download: (reference, offer, access) =>
      inFolder(options, async (folder) => {
        const remote = await open(reference, access, folder, options)
        const commit = offer.revision
        if (commit === undefined || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
          throw noCommit(remote.host, offer)
        await withSourceRetries(
          () => fetchCommit(commit, remote, folder, options),
          options.retries,
          options.waiting,
        )
        const content = await readCommit(commit, toCommand(remote, folder, options))
        return { revision: commit, url: withoutUserinfo(reference.url), content }
      }),
  }
}

async function inFolder<T>(
  { temporaryFolder }: GitRemoteOptions,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(temporaryFolder, { recursive: true })
  const folder = await mkdtemp(join(temporaryFolder, 'git-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function open(
  reference: GitReference,
  access: Access,
  folder: string,
  options: GitRemoteOptions,
): Promise<OpenRemote> {
  return /^https?:\/\//i.test(reference.url)
    ? openHttp(reference, access, folder, options)
    : openSsh(reference, access, folder, options)
}

async function openHttp(
  reference: GitReference,
  access: Access,
  folder: string,
  { http, ambient, guard, waiting, environment, stallTimeoutMs }: GitRemoteOptions,
): Promise<OpenRemote> {
  const service = '/info/refs?service=git-upload-pack'
  const url = reference.url.replace(/[?#].*$/, '').replace(/\/+$/, '')
  if (!URL.canParse(url)) throw noAddress()
  const authorization = await authorizationFor(url, { url, access }, ambient)
  const tls = toTlsOptions(access, reference.insecureSkipTLSVerify)
  const response = assertOk(
    await http.request({
      url: withoutUserinfo(url) + service,
      authorization,
      tls,
      maxBytes: maxAdvertisementBytes,
    }),
    waiting,
  )
  const found = new URL(response.url)
  const offers = parseAdvertisement(response.body)
  if (offers === undefined) {
    throw new SourceFailure({
      reason: 'malformed',
      operation: `ask ${found.host}`,
      message: `${found.host} answers, but has no Git repository at ${found.pathname.replace(/\/info\/refs$/, '')}`,
      hint: 'compare the address; a login page comes back where credentials are missing',
    })
  }
  const files = await writeTrust(tls, folder)
  const pinned = isProxied(environment) ? {} : { 'http.curloptResolve': await pinAddress(found, guard) }
  return {
    url: response.url.slice(0, response.url.indexOf('/info/refs')),
    host: found.host,
    offers,
    environment,
    settings: {
      'http.followRedirects': 'false',
      'http.lowSpeedLimit': '1',
      'http.lowSpeedTime': String(Math.max(1, Math.ceil(stallTimeoutMs / 1000))),
      ...pinned,
      ...files,
      ...(reference.insecureSkipTLSVerify === true ? { 'http.sslVerify': 'false' } : {}),
      ...(authorization !== undefined && found.origin === new URL(url).origin
        ? { 'http.extraHeader': `Authorization: ${authorization}` }
        : {}),
    },
  }
}

/** curl asks the address that the guard has seen, whatever the name means a moment later. */
async function pinAddress(url: URL, guard: EgressGuard): Promise<string> {
  const port = portOf(url)
  const addresses = await resolveHost(url, guard)
  const list = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',')
  return `${url.hostname}:${port}:${list}`
}

/** Throws SourceFailure where a name means nothing, as for all other sources. */
async function resolveHost(url: URL, guard: EgressGuard): Promise<LookupAddress[]> {
  try {
    return await guard.resolve(hostOf(url), portOf(url))
  } catch (error) {
    throw toSourceFailure(error, url)
  }
}

async function writeTrust(
  { ca, certificate, key }: ReturnType<typeof toTlsOptions>,
  folder: string,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {}
  const parts = [
    ['http.sslCAInfo', ca, 'ca.pem'],
    ['http.sslCert', certificate, 'cert.pem'],
    ['http.sslKey', key, 'key.pem'],
  ] as const
  for (const [setting, text, name] of parts) {
    if (text === undefined) continue
    settings[setting] = join(folder, name)
    await writeFile(join(folder, name), text, { mode: 0o600 })
  }
  return settings
}

/** `ssh://git@host:port/path` and `git@host:path`. */
async function openSsh(
  reference: GitReference,
  access: Access,
  folder: string,
  options: GitRemoteOptions,
): Promise<OpenRemote> {
  const scp = /^([\w.-]+)@([\w.-]+):(?!\/\/)([^\s]+)$/.exec(reference.url)
  const text = scp === null ? reference.url : `ssh://${scp[1]}@${scp[2]}/${scp[3]}`
  const url = tryParseSsh(text)
  if (url === undefined) throw noAddress()
  const { guard, environment, retries, waiting } = options
  guard.check(url, false)
  const [address] = await resolveHost(url, guard)
  const ssh = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10']
  // The address that the guard has seen, under the name that the host key belongs to.
  if (address !== undefined)
    ssh.push('-o', `HostName=${address.address}`, '-o', `HostKeyAlias=${hostOf(url)}`)
  if (access.sshIdentity !== undefined) {
    await writeFile(join(folder, 'identity'), `${access.sshIdentity.trimEnd()}\n`, { mode: 0o600 })
    ssh.push('-o', 'IdentitiesOnly=yes', '-i', join(folder, 'identity'))
  }
  if (access.sshKnownHosts !== undefined) {
    await writeFile(join(folder, 'known_hosts'), access.sshKnownHosts, { mode: 0o600 })
    ssh.push('-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`)
  }
  const quoted = ssh.map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const remote = {
    url: url.href,
    host: url.host,
    settings: {},
    environment: { ...environment, GIT_SSH_COMMAND: quoted },
  }
  const listing = await withSourceRetries(
    () =>
      runGit(['ls-remote', '--', remote.url], {
        ...toCommand({ ...remote, offers: [] }, folder, options),
        maxBytes: maxAdvertisementBytes,
      }),
    retries,
    waiting,
  )
  return { ...remote, offers: toOffers(listing.toString('utf8').split('\n')) }
}

/**
 * The host is read as that of a web address, and Git gets it as it was read: it would resolve escapes and odd spellings of
 * numbers by itself. A user or host that looks like an option is none.
 */
function tryParseSsh(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const asWeb = `https://${url?.host ?? ''}/`
  // A backslash ends the host of a web address, and not that of others.
  if (text.includes('\\') || url?.protocol !== 'ssh:' || url.host === '' || !URL.canParse(asWeb))
    return undefined
  url.hostname = new URL(asWeb).hostname
  return [hostOf(url), decodeURIComponent(url.username)].some((part) => part.startsWith('-'))
    ? undefined
    : url
}

function noAddress(): SourceFailure {
  return new SourceFailure({
    reason: 'unsupported',
    operation: 'read the address of a Git repository',
    message: 'its address is neither https, http nor ssh',
  })
}

function toCommand(remote: OpenRemote, folder: string, { deadlineMs }: GitRemoteOptions): GitCommand {
  return {
    folder,
    settings: remote.settings,
    environment: remote.environment,
    deadlineMs,
    maxBytes: maxTreeBytes + 64 * maxFiles,
    host: remote.host,
  }
}

/** The commit alone where the server gives single commits, as all large ones do; else everything that refs reach. */
async function fetchCommit(
  commit: string,
  remote: OpenRemote,
  folder: string,
  options: GitRemoteOptions,
): Promise<void> {
  const command = toCommand(remote, folder, options)
  await runGit(['init', '--quiet', '--bare', '.'], command)
  const quiet = [
    '-c',
    'gc.auto=0',
    '-c',
    'fetch.fsckObjects=false',
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
  ]
  // Blobs above the bound of one file never come where the server can leave them out.
  const filter = `--filter=blob:limit=${maxFileBytes + 1}`
  const target = `+${commit}:refs/fleetwright/commit`
  try {
    await runGit([...quiet, '--depth=1', filter, '--', remote.url, target], command)
    return
  } catch (error) {
    if (!(error instanceof SourceFailure) || error.reason !== 'unreachable') throw error
  }
  await runGit([...quiet, '--', remote.url, '+refs/heads/*:refs/h/*', '+refs/tags/*:refs/t/*'], command)
  try {
    await runGit(['cat-file', '-e', `${commit}^{commit}`], command)
  } catch {
    throw new SourceFailure({
      reason: 'moved',
      operation: `fetch from ${remote.host}`,
      message: `${remote.host} has no commit ${commit} any more`,
      hint: 'its branch was rewritten: run `fleetwright update`',
    })
  }
}

function noCommit(host: string, { name }: Offer): SourceFailure {
  return new SourceFailure({
    reason: 'not-found',
    operation: `fetch from ${host}`,
    message: `\`${name}\` is no full commit id`,
    hint: 'write all 40 digits',
  })
}
