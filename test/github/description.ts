import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { toJsonSchema, type Schema } from './json-schema.ts'

/** What GitHub says of itself: every request and response of the double is held against it. */
export interface Description {
  /** The endpoint that answers, the most literal path first. */
  find(method: string, path: string): FoundEndpoint | undefined
  /** What an answer of that status has in its body; undefined where none is described. */
  responseSchema(endpoint: Endpoint, status: number): Schema | undefined
  /** Payload of a webhook; undefined for one that GitHub does not send. */
  webhookSchema(event: string, action?: string): Schema | undefined
  /** Follows `#/components/…`. */
  resolve(schema: Schema): Schema
  /** Faults of a value, in words. `closed`: nothing that is not described may be in it. */
  faults(key: string, schema: Schema, value: unknown, mode: 'closed' | 'open' | 'text'): string[]
}

export interface Endpoint {
  /** `GET /repos/{owner}/{repo}/pulls`. */
  readonly name: string
  readonly template: string
  readonly parameters: readonly Parameter[]
  readonly body?: { readonly schema: Schema; readonly required: boolean }
  readonly responses: Readonly<Record<string, Schema>>
}

export interface FoundEndpoint {
  readonly endpoint: Endpoint
  readonly params: Readonly<Record<string, string>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawEndpoint>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>
  readonly 'x-webhooks': Readonly<
    Record<string, { readonly post: { readonly requestBody: { readonly content: Content } } }>
  >
}

interface RawEndpoint {
  readonly parameters?: readonly Schema[]
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content }
  readonly responses: Readonly<Record<string, Schema>>
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

/** `ghes-3.19` is what an Enterprise server of that version says. */
export type Product = 'api.github.com' | 'ghes-3.19'

const require = createRequire(import.meta.url)
const files: Readonly<Record<Product, () => string>> = {
  'api.github.com': () => require.resolve('@octokit/openapi/generated/api.github.com.json'),
  'ghes-3.19': () => require.resolve('@octokit/openapi/generated/ghes-3.19.json'),
}

const known = new Map<Product, Description>()

/** Reading 13 MB takes a moment, and is done once; schemas are compiled as they are needed. */
export function readDescription(product: Product): Description {
  const description = known.get(product) ?? createDescription(product)
  known.set(product, description)
  return description
}

function createDescription(product: Product): Description {
  const document = correct(JSON.parse(readFileSync(files[product](), 'utf8')) as Document)
  const resolve = (schema: Schema): Schema => {
    const reference = schema['$ref']
    if (typeof reference !== 'string') return schema
    const [, , section = '', name = ''] = reference.split('/')
    const target = document.components[section]?.[name]
    if (target === undefined) throw new Error(`the description has no ${reference}`)
    return resolve(target)
  }
  const routes = toRoutes(document, resolve)
  const validators = new Map<string, ValidateFunction>()
  const checkers = { text: createAjv(true), value: createAjv(false) }
  return {
    resolve,
    find(method, path) {
      const segments = path.split('/')
      for (const { endpoint, method: own, pattern } of routes.get(segments.length) ?? []) {
        const params = own === method ? match(pattern, segments) : undefined
        if (params) return { endpoint, params }
      }
      return undefined
    },
    responseSchema: ({ responses }, status) => {
      const described = responses[String(status)]
      if (described !== undefined) return contentOf(resolve(described)['content'] as Content | undefined)
      // Few endpoints list their errors.
      return status >= 400 ? { $ref: '#/components/schemas/basic-error' } : undefined
    },
    webhookSchema(event, action) {
      const words = event === 'repository_dispatch' ? [event, 'sample.collected'] : [event, action]
      const name = words.filter((each) => each !== undefined).join('-')
      return contentOf(document['x-webhooks'][name.replaceAll('_', '-')]?.post.requestBody.content)
    },
    faults(key, schema, value, mode) {
      const checker = mode === 'text' ? checkers.text : checkers.value
      const id = `${mode} ${key}`
      const compiled = validators.get(id)
      const validate =
        compiled ??
        checker.compile(toJsonSchema(schema, document.components['schemas'] ?? {}, mode === 'closed'))
      validators.set(id, validate)
      if (validate(value) === true) return []
      return (validate.errors ?? []).map(
        ({ instancePath, message = '', params }) =>
          `${instancePath === '' ? 'the whole' : instancePath} ${message} ${JSON.stringify(params)}`,
      )
    },
  }
}

/** Where the description is known to be wrong: a pull request whose fork was deleted has no repository at its head. */
function correct(document: Document): Document {
  for (const name of ['pull-request', 'pull-request-simple']) {
    const schema = document.components['schemas']?.[name] as { properties: Record<string, DescribedBranch> }
    const head = schema.properties['head']
    if (head === undefined) throw new Error(`the description has no head of ${name}`)
    head.properties.repo = { ...head.properties.repo, nullable: true }
  }
  return document
}

interface DescribedBranch {
  readonly properties: { repo: Schema }
}

function createAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, coerceTypes, logger: false })
  formats.default(ajv)
  return ajv
}

interface Route {
  readonly method: string
  readonly pattern: readonly string[]
  readonly endpoint: Endpoint
}

/** By number of segments, literal paths before patterns. */
function toRoutes(
  { paths }: Document,
  resolve: (schema: Schema) => Schema,
): ReadonlyMap<number, readonly Route[]> {
  const routes = new Map<number, Route[]>()
  for (const [template, methods] of Object.entries(paths)) {
    const pattern = template.split('/')
    for (const [lower, raw] of Object.entries(methods)) {
      const method = lower.toUpperCase()
      const route = { method, pattern, endpoint: toEndpoint(`${method} ${template}`, template, raw, resolve) }
      routes.set(pattern.length, [...(routes.get(pattern.length) ?? []), route])
    }
  }
  const wildcards = ({ pattern }: Route): number =>
    pattern.filter((segment) => segment.startsWith('{')).length
  for (const list of routes.values()) list.sort((a, b) => wildcards(a) - wildcards(b))
  return routes
}

function toEndpoint(
  name: string,
  template: string,
  { parameters = [], requestBody, responses }: RawEndpoint,
  resolve: (schema: Schema) => Schema,
): Endpoint {
  const schema = contentOf(requestBody?.content)
  return {
    ...{ name, template, responses },
    parameters: parameters.map((parameter) => resolve(parameter) as unknown as Parameter),
    ...(schema && { body: { schema, required: requestBody?.required === true } }),
  }
}

function contentOf(content: Content | undefined): Schema | undefined {
  return content?.['application/json']?.schema
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith('{') && segment !== '') params[part.slice(1, -1)] = decodeURIComponent(segment)
    else if (part !== segment) return undefined
  }
  return params
}
