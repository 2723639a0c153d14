import { checkRunJson } from '../answers.ts'
import { forbidden, notFound, ofRepository, page, type Call, type Handlers } from '../handler.ts'
import type { CheckRunState, RepositoryState } from '../state.ts'

export const checkHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': {
    needs: ['checks=read'],
    handle(call) {
      const repository = ofRepository(call)
      const { check_name: name, status, filter = 'latest' } = call.query
      const found = repository.checkRuns
        .filter((run) => run.headSha === call.params['ref'])
        .filter(
          (run) =>
            (call.query['app_id'] === undefined || appIdOf(call, run) === Number(call.query['app_id'])) &&
            (name === undefined || run.name === name) &&
            (status === undefined || run.status === status),
        )
      const isLatest = (run: CheckRunState): boolean =>
        !found.some((other) => other.name === run.name && other.app === run.app && other.id > run.id)
      const listed = (filter === 'latest' ? found.filter(isLatest) : found).map((run) =>
        checkRunJson(call.world, repository, run),
      )
      return page(call, listed, (runs) => ({ total_count: listed.length, check_runs: runs }))
    },
  },
  'POST /repos/{owner}/{repo}/check-runs': {
    needs: ['checks=write'],
    handle(call) {
      const repository = ofRepository(call)
      const app = appOf(call)
      if (app === undefined) return forbidden('You must authenticate via a GitHub App.')
      const headSha = String(call.body['head_sha'])
      const suite = repository.checkRuns.find((each) => each.app === app && each.headSha === headSha)?.suite
      const run: CheckRunState = {
        ...{ id: call.world.nextId(), app, headSha, suite: suite ?? call.world.nextId() },
        ...{ name: '', externalId: undefined, detailsUrl: undefined },
        ...{ status: 'queued', conclusion: null, annotations: [], actions: [] },
        output: { title: null, summary: null, text: null },
      }
      change(run, call.body)
      repository.checkRuns.push(run)
      return { status: 201, body: checkRunJson(call.world, repository, run) }
    },
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: ['checks=write'],
    handle(call) {
      const repository = ofRepository(call)
      const run = find(call, repository)
      if (run === undefined) return notFound()
      if (run.app !== appOf(call)) return forbidden('Invalid app_id for this check run.')
      // What was concluded stays: GitHub does not go back, and says so nowhere.
      if (run.status === 'completed') call.complain('changes a check that is completed')
      change(run, call.body)
      return { status: 200, body: checkRunJson(call.world, repository, run) }
    },
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: ['checks=read'],
    handle(call) {
      const repository = ofRepository(call)
      const run = find(call, repository)
      return run ? { status: 200, body: checkRunJson(call.world, repository, run) } : notFound()
    },
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations': {
    needs: ['checks=read'],
    handle(call) {
      const run = find(call, ofRepository(call))
      return run ? page(call, run.annotations) : notFound()
    },
  },
}

/** Checks belong to apps: `github-actions[bot]` writes those of `github-actions`. */
function appOf({ identity: { account } }: Call): string | undefined {
  return account.type === 'Bot' ? account.login.replace('[bot]', '') : undefined
}

function appIdOf({ world }: Call, { app }: CheckRunState): number {
  return world.account(`${app}[bot]`).id
}

function find({ params }: Call, { checkRuns }: RepositoryState): CheckRunState | undefined {
  return checkRuns.find(({ id }) => id === Number(params['check_run_id']))
}

function change(run: CheckRunState, body: Readonly<Record<string, unknown>>): void {
  const {
    name,
    external_id: externalId,
    details_url: detailsUrl,
    status,
    conclusion,
    output,
    actions,
  } = body as {
    readonly [key in 'name' | 'external_id' | 'details_url' | 'status' | 'conclusion']?: string
  } & {
    readonly actions?: CheckRunState['actions']
    readonly output?: {
      title?: string
      summary: string
      text?: string
      annotations?: Record<string, unknown>[]
    }
  }
  run.name = name ?? run.name
  run.externalId = externalId ?? run.externalId
  run.detailsUrl = detailsUrl ?? run.detailsUrl
  run.status = conclusion === undefined ? (status ?? run.status) : 'completed'
  run.conclusion = conclusion ?? run.conclusion
  run.actions = actions ?? run.actions
  if (output === undefined) return
  run.output = { title: output.title ?? null, summary: output.summary, text: output.text ?? run.output.text }
  for (const annotation of output.annotations ?? []) {
    run.annotations.push({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      ...annotation,
    })
  }
}
