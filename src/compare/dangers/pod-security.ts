import { valueAt } from '../../kubernetes/object-value.ts'
import type { FieldPath } from '../types.ts'
import { containersOf, type Container, type PodTemplate } from './pods.ts'
import { isTrueAt, mapsAt, textAt, textsAt } from './read-value.ts'

/** Something that a pod may do to its node, or with it. */
export interface PodPower {
  /** Equal keys are the same power of the same container. */
  readonly key: string
  /** Of powers of one key the higher one is more; 1 where there is one alone. */
  readonly level: number
  /** Absent for what the whole pod may. */
  readonly container?: string
  /** `runs privileged (container app)`. */
  readonly text: string
  /** Pod Security Standard that forbids it. */
  readonly standard: Standard
  readonly path: FieldPath
}

/** What `baseline` forbids is told of new pods too; what `restricted` alone asks for, where it was kept and is given up. */
type Standard = 'baseline' | 'restricted'

/** Capabilities that `baseline` lets a container add. */
const harmless = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
])

/** Rights of the processes themselves. */
export function processPowersOf(template: PodTemplate): readonly PodPower[] {
  return containersOf(template).flatMap((container) => {
    const powers = [
      ...privileges(container),
      ...capabilities(container),
      ...inheritedPowers(template, container),
    ]
    const { name, path } = container
    return powers.map(({ field, what = field.join('.'), level = 1, text, standard }) => ({
      ...{ key: `${name} ${what}`, level, container: name, text: `${text} (container ${name})`, standard },
      path: [...path, 'securityContext', ...field],
    }))
  })
}

interface ContainerPower {
  /** Below `securityContext`. */
  readonly field: readonly string[]
  readonly what?: string
  readonly level?: number
  readonly text: string
  readonly standard: Standard
}

function* privileges({ value }: Container): Generator<ContainerPower> {
  const context = ['securityContext']
  if (isTrueAt(value, [...context, 'privileged']))
    yield { field: ['privileged'], text: 'runs privileged', standard: 'baseline' }
  if ((textAt(value, [...context, 'procMount']) ?? 'Default') !== 'Default')
    yield { field: ['procMount'], text: 'sees an unmasked /proc', standard: 'baseline' }
  // What is not written is allowed.
  if (valueAt(value, [...context, 'allowPrivilegeEscalation']) !== false) {
    const text = 'may gain more privileges than its parent process'
    yield { field: ['allowPrivilegeEscalation'], text, standard: 'restricted' }
  }
}

function* capabilities({ value }: Container): Generator<ContainerPower> {
  const context = ['securityContext', 'capabilities']
  for (const capability of textsAt(value, [...context, 'add']).map(plainCapability)) {
    // Even `restricted` allows it.
    if (capability === 'NET_BIND_SERVICE') continue
    const standard = harmless.has(capability) ? 'restricted' : 'baseline'
    const text = `has the capability ${capability}`
    yield { field: ['capabilities', 'add'], what: capability, text, standard }
  }
  if (
    !textsAt(value, [...context, 'drop'])
      .map(plainCapability)
      .includes('ALL')
  )
    yield { field: ['capabilities', 'drop'], text: 'drops its capabilities no more', standard: 'restricted' }
}

/** Runtimes take both spellings. */
function plainCapability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}

/** A container's own context wins over that of the pod. */
function* inheritedPowers({ spec }: PodTemplate, { value }: Container): Generator<ContainerPower> {
  const own = (field: string): unknown =>
    valueAt(value, ['securityContext', field]) ?? valueAt(spec, ['securityContext', field])
  const user = own('runAsUser')
  const what = 'user'
  if (user === 0) yield { field: ['runAsUser'], what, level: 2, text: 'runs as root', standard: 'restricted' }
  else if (own('runAsNonRoot') !== true && typeof user !== 'number')
    yield { field: ['runAsNonRoot'], what, text: 'may run as root', standard: 'restricted' }
  for (const field of ['seccompProfile', 'appArmorProfile'])
    if (textAt(own(field), ['type']) === 'Unconfined')
      yield { field: [field], text: `runs without ${field}`, standard: 'baseline' }
}

const namespaces = { hostNetwork: 'network', hostPID: 'processes', hostIPC: 'shared memory' } as const

/** What of its node a pod sees or holds. */
export function hostPowersOf(template: PodTemplate): readonly PodPower[] {
  const { spec, path } = template
  const shared = Object.entries(namespaces)
    .filter(([field]) => isTrueAt(spec, [field]))
    .map(([field, what]) => hostPower(field, `shares the ${what} of its node (${field})`, [...path, field]))
  const folders = mapsAt(spec, ['volumes']).flatMap((volume) => {
    const folder = textAt(volume, ['hostPath', 'path'])
    const at = [...path, 'volumes', { name: textAt(volume, ['name']) ?? '' }, 'hostPath']
    return folder === undefined ? [] : [hostPower(`hostPath ${folder}`, `mounts ${folder} of its node`, at)]
  })
  return [...shared, ...folders, ...hostPorts(template)]
}

/** On the network of its node every port is one of the node; the API server writes each of them down as such. */
function hostPorts(template: PodTemplate): readonly PodPower[] {
  if (isTrueAt(template.spec, ['hostNetwork'])) return []
  return containersOf(template).flatMap(({ value, path }) =>
    mapsAt(value, ['ports']).flatMap(({ hostPort, protocol = 'TCP' }) => {
      if (typeof hostPort !== 'number' || hostPort === 0) return []
      const port = `${hostPort}/${String(protocol)}`
      return [hostPower(`hostPort ${port}`, `takes port ${port} of its node`, [...path, 'ports'])]
    }),
  )
}

function hostPower(key: string, text: string, path: FieldPath): PodPower {
  return { key, level: 1, text, standard: 'baseline', path }
}
