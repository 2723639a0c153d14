import { spawn } from 'node:child_process'
import type { OutgoingHttpHeaders } from 'node:http'
import type { RequestOptions } from 'node:https'
import { ClusterError } from '../../diagnostics/cluster-error.ts'
import type { Waiting } from '../retry/waiting.ts'
import type { Access } from './cluster-access.ts'
import { addressError } from './address-error.ts'

/** What a request carries, and how its connection is secured. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: TlsMaterial
}

export interface TlsMaterial {
  /** PEM. */
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  readonly servername?: string
  readonly skipVerify: boolean
}

export interface CredentialSource {
  /** The same for a while, then anew: token files are read again, expired credentials of plugins renewed. */
  get(): Promise<Credentials>
  /** These were refused: the next ones are made from the kubeconfig as it is then. */
  renew(refused: Credentials): void
}

export interface CredentialSourceOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly waiting: Waiting
  /** Of a plugin, which is ended after that. */
  readonly pluginTimeoutMs: number
}

/** So long credentials are used without asking client-node, which starts plugins that name no expiry each time. */
const keptMs = 30_000

/** `load` gives the access anew, for a kubeconfig on disk may have changed. Errors are ClusterError and quote nothing secret. */
export function createCredentialSource(
  load: () => Promise<Access>,
  options: CredentialSourceOptions,
): CredentialSource {
  let asked: Promise<Authenticator> | undefined
  let kept: { readonly credentials: Promise<Credentials>; readonly sinceMs: number } | undefined
  let latest: Credentials | undefined
  const make = async (): Promise<Credentials> => {
    asked ??= load().then((access) => createAuthenticator(access, options))
    latest = await (await asked)()
    return latest
  }
  return {
    get() {
      const now = options.waiting.now()
      if (kept === undefined || Math.abs(now - kept.sinceMs) > keptMs) {
        const credentials = make()
        kept = { credentials, sinceMs: now }
        credentials.catch(() => {
          if (kept?.credentials !== credentials) return
          asked = undefined
          kept = undefined
        })
      }
      return kept.credentials
    },
    renew(refused) {
      // Of several requests that were refused together, the first one renews.
      if (latest !== refused) return
      latest = undefined
      asked = undefined
      kept = undefined
    },
  }
}

type Authenticator = () => Promise<Credentials>

/** Loaded when a cluster is first reached: it is large, and most commands reach none. */
export function loadClientNode() {
  return import('@kubernetes/client-node')
}

/** One KubeConfig for each cluster: client-node keeps a token file's content by instance, not by user. */
async function createAuthenticator(access: Access, options: CredentialSourceOptions): Promise<Authenticator> {
  const { KubeConfig } = await loadClientNode()
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromOptions({
    clusters: [access.cluster],
    users: [access.user],
    contexts: [{ name: 'context', cluster: access.cluster.name, user: access.user.name }],
    currentContext: 'context',
  })
  boundPlugins(kubeConfig, variablesOf(access), options)
  return async () => {
    const applied: RequestOptions = {}
    try {
      await kubeConfig.applyToHTTPSOptions(applied)
    } catch (error) {
      throw credentialError(access, error)
    }
    return toCredentials(applied, access)
  }
}

/** client-node starts plugins with an open standard input and without a deadline: one that asks a person would wait for ever. */
function boundPlugins(
  kubeConfig: object,
  variables: Readonly<Record<string, string>>,
  { environment, pluginTimeoutMs }: CredentialSourceOptions,
): void {
  const { authenticators } = kubeConfig as { readonly authenticators?: readonly object[] }
  for (const authenticator of authenticators ?? []) {
    if (!('execFn' in authenticator)) continue
    authenticator.execFn = (command: string, args: readonly string[]) => {
      const child = spawn(command, args, {
        env: { ...environment, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: pluginTimeoutMs,
        killSignal: 'SIGKILL',
        windowsHide: true,
      })
      child.once('exit', (_code, signal) => {
        if (signal === null) return
        // What the plugin itself started may still hold these open.
        child.stdout.destroy()
        child.stderr.destroy()
      })
      return child
    }
  }
}

function variablesOf({ user }: Access): Readonly<Record<string, string>> {
  const { env = [] } = (user.exec ?? {}) as { env?: readonly { name: string; value: string }[] }
  return Object.fromEntries(env.map(({ name, value }) => [name, value]))
}

function toCredentials(applied: RequestOptions, access: Access): Credentials {
  const given = { ...applied.headers, ...access.impersonation } as OutgoingHttpHeaders
  const headers = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), toHeader(value, name, access)] as const],
  )
  const basic = typeof applied.auth === 'string' ? Buffer.from(applied.auth).toString('base64') : undefined
  return {
    headers: {
      ...(basic !== undefined && { authorization: `Basic ${basic}` }),
      ...Object.fromEntries(headers),
    },
    tls: {
      ...pem('ca', applied.ca),
      ...pem('certificate', applied.cert),
      ...pem('key', applied.key),
      ...(applied.servername !== undefined && { servername: applied.servername }),
      skipVerify: applied.rejectUnauthorized === false,
    },
  }
}

function pem(name: 'ca' | 'certificate' | 'key', value: RequestOptions['key']): Partial<TlsMaterial> {
  return typeof value === 'string' || value instanceof Buffer ? { [name]: value.toString() } : {}
}

function toHeader(value: number | string | string[], header: string, { name }: Access): string | string[] {
  const checked = (each: string | number): string => {
    // Files of tokens end in a line break.
    const text = String(each).trim()
    if (!/[^\t\x20-\x7e\x80-\xff]/.test(text)) return text
    throw addressError(name, `gives a value for ${header} that no header can hold`)
  }
  return Array.isArray(value) ? value.map(checked) : checked(value)
}

/** What client-node threw may quote what a plugin printed, so only its kind is told. */
function credentialError({ name, user }: Access, error: unknown): ClusterError {
  if (error instanceof ClusterError) return error
  const { code, path, syscall } = error as NodeJS.ErrnoException
  const { command } = (user.exec ?? {}) as { command?: string }
  if (command !== undefined && syscall?.startsWith('spawn') === true) {
    return addressError(name, `names the exec plugin ${command}, which cannot be started (${code ?? ''})`)
  }
  if (command === undefined && typeof path === 'string') {
    return addressError(name, `names ${path}, which cannot be read (${code ?? ''})`)
  }
  const who = command === undefined ? 'the auth provider' : `the exec plugin ${command}`
  return new ClusterError('unauthorized', {
    operation: `get credentials for ${name}`,
    message: `${who} gave no credentials for ${name}`,
    hint: 'run kubectl with it to see why: it may be that somebody has to log in again',
  })
}
