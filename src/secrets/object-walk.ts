import { isLiteral } from './credential-name.ts'
import type { CredentialRules } from './credential-rules.ts'
import { appliedAnnotations } from './fingerprint.ts'

export type JsonMap = Readonly<Record<string, unknown>>

/** Keys and indices that lead to a value, the last first. */
export interface Trail {
  readonly key: string | number
  readonly above: Trail | undefined
}

/**
 * `data` and `stringData` of a Secret; `named`: what stands there is called a credential; `repeated`: an annotation that
 * holds a whole object.
 */
export type SecretOrigin = 'data' | 'stringData' | 'named' | 'repeated'

/** What becomes of what an object holds. */
export interface ObjectVisitor extends CredentialRules {
  /** A value that is a secret because of where it stands. */
  readonly secret: (value: string, origin: SecretOrigin, trail: Trail) => string
  /** Any other text. */
  readonly text: (text: string, trail: Trail) => string
  /** Keys of maps are texts too. */
  readonly key: (key: string, trail: Trail | undefined) => string
}

/** The object with what the visitor makes of its texts; the same object where nothing changes. */
export function visitObject<Value extends JsonMap>(value: Value, visitor: ObjectVisitor): Value {
  return visitMap(value, undefined, visitor) as Value
}

function visit(value: unknown, trail: Trail, visitor: ObjectVisitor): unknown {
  if (typeof value === 'string') return visitor.text(value, trail)
  if (Array.isArray(value)) return visitList(value as readonly unknown[], trail, visitor)
  return isMap(value) ? visitMap(value, trail, visitor) : value
}

function visitMap(map: JsonMap, trail: Trail | undefined, visitor: ObjectVisitor): JsonMap {
  const isSecret = map['kind'] === 'Secret'
  /** Environment variables, parameters of Argo CD and Tekton: the value belongs to the name beside it. */
  const named = typeof map['name'] === 'string' ? map['name'] : undefined
  /** Of an ExternalSecret: the key under which a value will be kept. */
  const isReference = 'remoteRef' in map || 'sourceRef' in map
  let changed = false
  const members = Object.entries(map).map(([key, member]): [string, unknown] => {
    const below = { key, above: trail }
    const visitedKey = visitor.key(key, trail)
    const visited =
      isSecret && (key === 'data' || key === 'stringData')
        ? visitSecretData(member, key, below, visitor)
        : visitMember(key === 'value' && named !== undefined ? named : key, member, {
            ...{ below, visitor, isReference },
          })
    changed ||= visited !== member || visitedKey !== key
    return [visitedKey, visited]
  })
  return changed ? Object.fromEntries(members) : map
}

function visitMember(
  name: string,
  member: unknown,
  { below, visitor, isReference }: { below: Trail; visitor: ObjectVisitor; isReference: boolean },
): unknown {
  if (appliedAnnotations.has(name) && typeof member === 'string')
    return visitor.secret(member, 'repeated', below)
  const said = isReference || typeof member === 'boolean' ? undefined : visitor.nameOf(name)
  if (said === undefined) return visit(member, below, visitor)
  if (typeof member === 'string') {
    return isLiteral(member, said, visitor.isPublic)
      ? visitor.secret(member, 'named', below)
      : visitor.text(member, below)
  }
  if (said === 'password' && (typeof member === 'number' || isRaw(member))) {
    return visitor.secret(JSON.stringify(member), 'named', below)
  }
  if (!Array.isArray(member) || said === 'possible') return visit(member, below, visitor)
  return mapList(member as readonly unknown[], (item, index) => {
    const place = { key: index, above: below }
    return typeof item === 'string' && isLiteral(item, said, visitor.isPublic)
      ? visitor.secret(item, 'named', place)
      : visit(item, place, visitor)
  })
}

/** Everything in it, whatever its shape. */
function visitSecretData(
  value: unknown,
  origin: 'data' | 'stringData',
  trail: Trail,
  visitor: ObjectVisitor,
): unknown {
  if (value === null || value === '') return value
  if (typeof value === 'string') return visitor.secret(value, origin, trail)
  if (Array.isArray(value)) {
    return mapList(value as readonly unknown[], (item, index) =>
      visitSecretData(item, origin, { key: index, above: trail }, visitor),
    )
  }
  if (!isMap(value)) return visitor.secret(JSON.stringify(value), 'stringData', trail)
  let changed = false
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    const visited = visitSecretData(member, origin, { key, above: trail }, visitor)
    const visitedKey = visitor.key(key, trail)
    changed ||= visited !== member || visitedKey !== key
    return [visitedKey, visited]
  })
  return changed ? Object.fromEntries(members) : value
}

/** `--password`, `value`: the next argument belongs to the flag. */
function visitList(list: readonly unknown[], trail: Trail, visitor: ObjectVisitor): readonly unknown[] {
  return mapList(list, (item, index) => {
    const below = { key: index, above: trail }
    const flag = index > 0 ? list[index - 1] : undefined
    if (typeof item !== 'string' || typeof flag !== 'string' || !/^--?[A-Za-z][\w.-]*$/.test(flag))
      return visit(item, below, visitor)
    const said = visitor.nameOf(flag)
    return said !== undefined && !item.startsWith('-') && isLiteral(item, said, visitor.isPublic)
      ? visitor.secret(item, 'named', below)
      : visitor.text(item, below)
  })
}

function mapList(
  list: readonly unknown[],
  change: (item: unknown, index: number) => unknown,
): readonly unknown[] {
  let changed = false
  const visited = list.map((item, index) => {
    const other = change(item, index)
    changed ||= other !== item
    return other
  })
  return changed ? visited : list
}

/** A map, and no number that is kept as its text. */
function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value)
}

function isRaw(value: unknown): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value)
}
