import { isAbsolute, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { addressError } from './address-error.ts'

/** One kubeconfig or several merged; entries are looked at when they are used, so that a broken one hurts nobody else. */
export interface Kubeconfig {
  readonly current: string | undefined
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>
  readonly users: ReadonlyMap<string, KubeconfigEntry>
}

export interface KubeconfigEntry {
  /** As written. */
  readonly value: unknown
  /** Where relative paths start; undefined for a text that lies nowhere. */
  readonly folder: string | undefined
}

/** Go takes null and the empty text for absent. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value))
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)
const entries = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .transform((list) => list ?? [])

const kubeconfigFile = z.object({
  'current-context': text,
  contexts: entries,
  clusters: entries,
  users: entries,
})

export const contextEntry = z.object({ cluster: text, user: text })

export const clusterEntry = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
})
export type ClusterEntry = z.infer<typeof clusterEntry>

const execEntry = z.object({
  apiVersion: text,
  command: text,
  args: texts,
  env: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  provideClusterInfo: flag,
})
export type ExecEntry = z.infer<typeof execEntry>

export const userEntry = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  exec: execEntry.nullish(),
  'auth-provider': z
    .object({ name: z.string(), config: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
})
export type UserEntry = z.infer<typeof userEntry>

/** Throws ClusterError `address`; never says what the text holds. */
export function parseKubeconfig(content: string, name: string, folder?: string): Kubeconfig {
  // Quotes of the text stay out: a parser's message would show what lies beside the fault, a token perhaps.
  const document = parseDocument(content, { prettyErrors: false })
  if (document.errors.length > 0) throw addressError(name, 'is no kubeconfig: it is no YAML')
  const parsed = kubeconfigFile.safeParse(toValue(document, name))
  if (!parsed.success) throw addressError(name, `is no kubeconfig: ${placeOf(parsed.error)}`)
  const { contexts, clusters, users } = parsed.data
  const byName = (list: typeof contexts, key: string): Map<string, KubeconfigEntry> =>
    // The first of a name counts, as in kubectl.
    new Map([...list].reverse().map((entry) => [entry.name, { value: entry[key] ?? {}, folder }]))
  return {
    current: parsed.data['current-context'],
    contexts: byName(contexts, 'context'),
    clusters: byName(clusters, 'cluster'),
    users: byName(users, 'user'),
  }
}

function toValue(document: ReturnType<typeof parseDocument>, name: string): unknown {
  try {
    return document.toJS()
  } catch {
    throw addressError(name, 'is no kubeconfig: its aliases lead nowhere, or to too much')
  }
}

/** As kubectl merges the files of KUBECONFIG: who has a name first keeps it. */
export function mergeKubeconfigs(kubeconfigs: readonly Kubeconfig[]): Kubeconfig {
  const merged = (of: (kubeconfig: Kubeconfig) => ReadonlyMap<string, KubeconfigEntry>) =>
    new Map([...kubeconfigs].reverse().flatMap((each) => [...of(each)]))
  return {
    current: kubeconfigs.find(({ current }) => current !== undefined)?.current,
    contexts: merged(({ contexts }) => contexts),
    clusters: merged(({ clusters }) => clusters),
    users: merged(({ users }) => users),
  }
}

/** The entry in its known fields; all others are left out. `place` says where it stands: `users.admin`. */
export function readEntry<T>(
  entry: KubeconfigEntry,
  schema: z.ZodType<T>,
  { name, place }: { readonly name: string; readonly place: string },
): T {
  const parsed = schema.safeParse(entry.value)
  if (parsed.success) return parsed.data
  throw addressError(name, `cannot be read: ${place}.${placeOf(parsed.error)}`)
}

/** A file that an entry names, from where the kubeconfig lies. */
export function pathIn(folder: string | undefined, path: string): string {
  return folder === undefined || isAbsolute(path) ? path : resolve(folder, path)
}

/** `exec.command is not of the type that it should be`: zod's own message may quote what it found. */
function placeOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.join('.') ?? ''
  return `${path === '' ? 'the whole' : path} has not the form that it should have`
}
