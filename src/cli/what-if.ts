import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseKubernetesVersion } from '../config/config.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import type { Engine } from '../engine/types.ts'
import { isLabelKey, isLabelValue } from '../kubernetes/selector-text.ts'
import type { Supposition } from '../observe/observe.ts'
import { parseExactJson } from '../kubernetes/exact-json.ts'
import { UsageError, type Io } from './io.ts'

interface Draft {
  cluster?: string
  version?: string
  labels: Record<string, string | null>
  added: Readonly<Record<string, unknown>>[]
  removed: { kind: string; namespace: string; name: string }[]
}

const forms =
  'write `cluster=<namespace>/<name>` with any of `version=1.34`, `label:KEY=VALUE`, `label:KEY` (removed), `add=FILE`, `remove=<Kind>/<namespace>/<name>`'

/**
 * `--what-if cluster=fleet/prod,version=1.34,label:env=prod`: how a cluster is imagined. Names without a namespace are
 * looked for among `known`; a full id that nobody knows is a cluster that does not exist yet. Throws UsageError.
 */
export async function parseWhatIf(
  texts: readonly string[],
  known: readonly string[],
  { io, engine }: { readonly io: Io; readonly engine: Engine },
): Promise<readonly Supposition[]> {
  return Promise.all(
    texts.map(async (text): Promise<Supposition> => {
      const draft: Draft = { labels: {}, added: [], removed: [] }
      for (const setting of text.split(',')) await apply(draft, setting, { text, io, engine })
      const { cluster, ...rest } = draft
      if (cluster === undefined) throw new UsageError(`--what-if \`${text}\` names no cluster; ${forms}`)
      return { cluster: identify(cluster, known), ...rest }
    }),
  )
}

interface Around {
  readonly text: string
  readonly io: Io
  readonly engine: Engine
}

async function apply(draft: Draft, setting: string, { text, io, engine }: Around): Promise<void> {
  const equals = setting.indexOf('=')
  const key = equals < 0 ? setting : setting.slice(0, equals)
  const value = equals < 0 ? undefined : setting.slice(equals + 1)
  if (key === 'cluster' && value) draft.cluster = value
  else if (key === 'version' && value) draft.version = toVersion(value, text)
  else if (key.startsWith('label:')) setLabel(draft, key.slice('label:'.length), value)
  else if (key === 'add' && value) draft.added.push(...(await readObjects(value, io, engine)))
  else if (key === 'remove' && value) draft.removed.push(toName(value, text))
  else throw new UsageError(`--what-if \`${text}\`: \`${setting}\` is not understood; ${forms}`)
}

function toVersion(value: string, text: string): string {
  const version = parseKubernetesVersion(value)
  if (version === undefined)
    throw new UsageError(
      `--what-if \`${text}\`: \`${value}\` is no Kubernetes version; write it like \`1.34\``,
    )
  return version
}

function setLabel(draft: Draft, key: string, value: string | undefined): void {
  if (!isLabelKey(key)) throw new UsageError(`--what-if: \`${key}\` is no key of a label`)
  if (value !== undefined && !isLabelValue(value))
    throw new UsageError(`--what-if: \`${value}\` is no value of a label`)
  draft.labels[key] = value ?? null
}

function toName(value: string, text: string): Draft['removed'][number] {
  const [kind = '', namespace = '', name] = value.split('/')
  if (kind === '' || namespace === '')
    throw new UsageError(`--what-if \`${text}\`: write \`remove=<Kind>/<namespace>/<name>\``)
  return name === undefined ? { kind, namespace: '', name: namespace } : { kind, namespace, name }
}

/** Kubernetes YAML, read by the engine as everything else. */
async function readObjects(
  file: string,
  io: Io,
  engine: Engine,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const path = resolve(io.cwd, file)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`--what-if: ${path} cannot be read`)
  })
  const [documents = []] = await engine.parseYaml([text])
  return documents.flatMap(({ json, fault }) => {
    if (fault) throw new UsageError(`--what-if: ${path} is no Kubernetes YAML: ${fault.message}`)
    return json === undefined || json === 'null' ? [] : [parseExactJson(json) as never]
  })
}

function identify(name: string, known: readonly string[]): string {
  if (name.includes('/')) return name
  const found = known.filter((id) => id.slice(id.indexOf('/') + 1) === name)
  const [only, second] = found
  if (second !== undefined)
    throw new UsageError(`--what-if: \`${name}\` may be any of ${found.join(', ')}; write the whole id`)
  if (only !== undefined) return only
  const names = known.map((id) => id.slice(id.indexOf('/') + 1))
  const hint = didYouMean(name, names) ?? 'write `<namespace>/<name>` for a cluster that does not exist yet'
  throw new UsageError(`--what-if: there is no cluster \`${name}\`; ${hint}`)
}
