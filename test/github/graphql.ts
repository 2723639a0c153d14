import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { buildSchema, execute, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql'
import { permissionsIn } from './access.ts'
import { forbidden, type Reply } from './handler.ts'
import {
  fullName,
  type CheckRunState,
  type Identity,
  type PullRequestState,
  type RepositoryState,
} from './state.ts'
import type { World } from './world.ts'

export interface GraphqlState {
  readonly world: World
  readonly repositories: ReadonlyMap<string, RepositoryState>
  readonly identity: Identity
  readonly complain: (fault: string) => void
}

let schema: GraphQLSchema | undefined

/** GitHub's own; it takes a moment to read, and a field of it is there twice. */
function readSchema(): GraphQLSchema {
  if (schema) return schema
  // The package itself reads and builds it twice as soon as it is imported.
  const folder = dirname(findPackageJSON('@octokit/graphql-schema', import.meta.url) ?? '')
  schema = buildSchema(readFileSync(join(folder, 'schema.graphql'), 'utf8'), { assumeValidSDL: true })
  return schema
}

/** A query is held against GitHub's schema, and answered from the state as far as that is known here. */
export function answerGraphql(text: string, state: GraphqlState): Reply {
  const { query, variables } = JSON.parse(text) as {
    readonly query: string
    readonly variables?: Readonly<Record<string, unknown>>
  }
  if (state.identity.app)
    return forbidden('A JSON web token may only be used for what concerns the app itself')
  // What most tests ask needs no schema.
  if (query.replaceAll(/\s+/g, ' ').trim() === 'query { viewer { login } }') {
    return { status: 200, body: { data: { viewer: { login: state.identity.account.login } } } }
  }
  const document = parse(query)
  const faults = validate(readSchema(), document).map(({ message }) => message)
  const broken = faults.length > 0
  faults.forEach((fault) => {
    state.complain(`the GraphQL query is not as described: ${fault}`)
  })
  if (broken) return { status: 200, body: { errors: faults.map((message) => ({ message })) } }
  return { status: 200, body: run(document, state, variables) }
}

function run(document: DocumentNode, state: GraphqlState, variables: unknown): unknown {
  const result = execute({
    schema: readSchema(),
    document,
    rootValue: {
      viewer: { login: state.identity.account.login },
      repository: ({ owner, name }: { readonly owner: string; readonly name: string }) =>
        repositoryOf(state, `${owner}/${name}`),
    },
    variableValues: variables as Record<string, unknown>,
  })
  if ('then' in result) throw new Error('nothing here takes time')
  for (const { message } of result.errors ?? [])
    if (!message.startsWith('Could not resolve')) state.complain(`the double does not know: ${message}`)
  return {
    data: result.data,
    ...(result.errors && {
      errors: result.errors.map(({ message, path }) => ({ type: 'NOT_FOUND', message, path })),
    }),
  }
}

function repositoryOf(state: GraphqlState, named: string): unknown {
  const repository = state.repositories.get(named.toLowerCase())
  const isHidden =
    repository?.isPrivate === true && permissionsIn(repository, state.identity)?.['metadata'] === undefined
  if (repository === undefined || isHidden)
    throw new Error(`Could not resolve to a Repository with the name '${named}'.`)
  return {
    nameWithOwner: fullName(repository),
    pullRequests: (paging: Paging & { readonly states?: readonly string[] }) =>
      connection(
        repository.pullRequests
          .filter(({ state: each }) => paging.states?.includes(each.toUpperCase()) ?? true)
          .map((pull) => pullRequestNode(state, repository, pull)),
        paging,
      ),
  }
}

function pullRequestNode(state: GraphqlState, repository: RepositoryState, pull: PullRequestState): unknown {
  const { number, draft, locked, headBranch, headCommit, headRepository, baseBranch, baseCommit } = pull
  return {
    ...{ number, isDraft: draft, locked, headRefName: headBranch, headRefOid: headCommit },
    url: `${state.world.url}/${fullName(repository)}/pull/${number}`,
    headRepository: headRepository === undefined ? null : { nameWithOwner: headRepository },
    ...{ baseRefName: baseBranch, baseRefOid: baseCommit },
    commits: (paging: Paging) =>
      connection(
        [{ commit: { oid: headCommit, checkSuites: suitesOf(state, repository, headCommit) } }],
        paging,
      ),
  }
}

interface SuiteFilter {
  readonly filterBy?: { readonly appId?: number; readonly checkName?: string }
}

interface RunFilter {
  readonly filterBy?: { readonly checkName?: string; readonly checkType?: 'ALL' | 'LATEST' }
}

function suitesOf({ world }: GraphqlState, repository: RepositoryState, commit: string) {
  return ({ filterBy, ...paging }: Paging & SuiteFilter) => {
    const runs = repository.checkRuns.filter(
      ({ headSha, app, name }) =>
        headSha === commit &&
        (filterBy?.appId === undefined || filterBy.appId === world.account(`${app}[bot]`).id) &&
        (filterBy?.checkName === undefined || filterBy.checkName === name),
    )
    const suites = [...new Set(runs.map(({ suite }) => suite))]
    return connection(
      suites.map((suite) => ({
        checkRuns: runsOf(repository.checkRuns.filter((run) => run.suite === suite)),
      })),
      paging,
    )
  }
}

function runsOf(runs: readonly CheckRunState[]) {
  return ({ filterBy, ...paging }: Paging & RunFilter) => {
    const named = runs.filter(({ name }) => filterBy?.checkName === undefined || filterBy.checkName === name)
    const isShown = (run: CheckRunState): boolean =>
      filterBy?.checkType !== 'LATEST' || !named.some(({ name, id }) => name === run.name && id > run.id)
    return connection(
      named.filter(isShown).map(({ id, name, status, externalId, output }) => ({
        ...{ databaseId: id, name, status: status.toUpperCase() },
        ...{ externalId: externalId ?? null, summary: output.summary },
      })),
      paging,
    )
  }
}

interface Paging {
  readonly first?: number
  readonly last?: number
  readonly after?: string | null
}

/** Cursors are positions. */
function connection<T>(all: readonly T[], { first, last, after }: Paging): unknown {
  const start = last === undefined ? Number(after ?? 0) : Math.max(0, all.length - last)
  const end = first === undefined ? all.length : start + first
  return {
    nodes: all.slice(start, end),
    totalCount: all.length,
    pageInfo: {
      ...{ hasNextPage: end < all.length, endCursor: String(Math.min(end, all.length)) },
      ...{ hasPreviousPage: start > 0, startCursor: String(start) },
    },
  }
}
