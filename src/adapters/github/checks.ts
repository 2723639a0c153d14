import type { RestEndpointMethodTypes } from '@octokit/rest'
import { assert } from '../../diagnostics/errors.ts'
import {
  maxCheckTextBytes,
  type Check,
  type CheckAnnotation,
  type WrittenCheck,
} from '../../report/reviewer-port.ts'
import type { Operation } from './failure.ts'
import { isOurs, planCheck, type CheckPlan, type StandingCheck } from './plan-check.ts'
import { readPages, repeatedly, type Repository } from './repository.ts'

/** GitHub keeps 1,000 checks of a name. */
const maxCheckPages = 10
/** 5,000 annotations. */
const maxAnnotationPages = 50

/** A lost answer leads to another look, so each attempt starts from what stands. */
export async function writeCheck(repository: Repository, check: Check): Promise<WrittenCheck> {
  for (const text of [check.summary, check.text ?? '']) {
    const bytes = Buffer.byteLength(text)
    assert(bytes <= maxCheckTextBytes, `a check with a text of ${bytes} bytes is never sent`)
  }
  return repeatedly(5, async () => {
    const plan = planCheck(await findStanding(repository, check), check)
    if (plan.type === 'rest') return plan
    return { status: 'written', ...(await send(repository, check, plan)) }
  })
}

export type AnsweredCheck =
  RestEndpointMethodTypes['checks']['listForRef']['response']['data']['check_runs'][number]

async function findStanding(repository: Repository, check: Check): Promise<StandingCheck | undefined> {
  const own = await listOwnChecks(repository, check, ({ external_id: id }) => isOurs(id))
  const newest = own[0]
  return newest && { ...toStanding(newest), annotations: await readAnnotations(repository, newest) }
}

/** Those of a name on a commit, the newest first. An app can change its own checks only; people have none. */
export async function listOwnChecks(
  repository: Repository,
  { name, commit }: Pick<Check, 'name' | 'commit'>,
  isWanted: (check: AnsweredCheck) => boolean,
): Promise<readonly AnsweredCheck[]> {
  const { client, at } = repository
  const operation = checking(repository, `read the checks of ${commit.slice(0, 12)}`)
  const checks = await readPages(maxCheckPages, (page) =>
    client.ask(operation, async (octokit) => {
      const { data, headers } = await octokit.rest.checks.listForRef({
        ...{ ...at, ...page, ref: commit, check_name: name },
        filter: 'all',
      })
      return { items: data.check_runs, link: headers.link }
    }),
  )
  const wanted = (checks ?? []).filter(isWanted)
  // Whose token it is need not be asked where there is nothing.
  if (wanted.length === 0) return []
  const login = (await repository.identity()).toLowerCase()
  return wanted.filter((check) => isOf(check, login)).sort((a, b) => b.id - a.id)
}

/** Whether the app of this login wrote it. */
export function isOf({ app }: Pick<AnsweredCheck, 'app'>, login: string): boolean {
  return `${app?.slug?.toLowerCase() ?? ''}[bot]` === login.toLowerCase()
}

function toStanding({ id, html_url: url, external_id: externalId, status }: AnsweredCheck) {
  return {
    id,
    ...(url !== null && { url }),
    externalId: externalId ?? '',
    isCompleted: status === 'completed',
  }
}

/** Of an open check: one that is completed is not carried on. */
async function readAnnotations(
  repository: Repository,
  { id, status, output }: AnsweredCheck,
): Promise<readonly CheckAnnotation[]> {
  if (status === 'completed' || output.annotations_count === 0) return []
  const { client, at } = repository
  const annotations = await readPages(maxAnnotationPages, (page) =>
    client.ask(checking(repository, `read the annotations of check ${id}`), async (octokit) => {
      const { data, headers } = await octokit.rest.checks.listAnnotations({
        ...{ ...at, ...page },
        check_run_id: id,
      })
      return { items: data, link: headers.link }
    }),
  )
  return (annotations ?? []).map((each) => ({
    path: each.path,
    startLine: each.start_line,
    endLine: each.end_line,
    ...(each.start_column !== null && { startColumn: each.start_column }),
    ...(each.end_column !== null && { endColumn: each.end_column }),
    level: each.annotation_level as CheckAnnotation['level'],
    title: each.title ?? '',
    message: each.message ?? '',
  }))
}

/** Batch after batch. The check ends with the last one, so that nobody takes a part for the whole. */
async function send(
  repository: Repository,
  check: Check,
  { id, externalId, batches }: Extract<CheckPlan, { type: 'send' }>,
): Promise<{ readonly url?: string }> {
  const { client, at } = repository
  const operation = { ...checking(repository, `write check ${check.name}`), writes: true as const }
  let checkId = id
  let url: string | null = null
  for (const [index, annotations] of batches.entries()) {
    const body = {
      ...at,
      ...toBody(check, annotations, index === batches.length - 1),
      external_id: externalId,
    }
    const known = checkId
    const answered = await client.ask(operation, async (octokit) =>
      known === undefined
        ? (
            await octokit.rest.checks.create({
              ...{ ...body, name: check.name, head_sha: check.commit },
            } as CreateParameters)
          ).data
        : (await octokit.rest.checks.update({ ...body, check_run_id: known } as UpdateParameters)).data,
    )
    checkId = answered.id
    url = answered.html_url
  }
  return url === null ? {} : { url }
}

// The types of Octokit tell `completed` with a conclusion from the rest by overloads, which no computed state fits.
type CreateParameters = RestEndpointMethodTypes['checks']['create']['parameters']
type UpdateParameters = RestEndpointMethodTypes['checks']['update']['parameters']

function toBody(check: Check, annotations: readonly CheckAnnotation[], isLast: boolean) {
  const { state, title, summary, text, url, actions } = check
  const isOpen = state === 'queued' || state === 'in_progress'
  return {
    ...(isOpen
      ? { status: state }
      : isLast
        ? { status: 'completed', conclusion: state }
        : { status: 'in_progress' }),
    ...(url !== undefined && { details_url: url }),
    ...(actions && { actions: actions.map((action) => ({ ...action })) }),
    output: {
      ...{ title, summary, ...(text !== undefined && { text }) },
      annotations: annotations.map(toAnswered),
    },
  }
}

function toAnswered({
  path,
  startLine,
  endLine,
  startColumn,
  endColumn,
  level,
  title,
  message,
}: CheckAnnotation) {
  const isOneLine = startLine === endLine
  return {
    ...{ path, start_line: startLine, end_line: endLine },
    ...(isOneLine && startColumn !== undefined && { start_column: startColumn }),
    ...(isOneLine && endColumn !== undefined && { end_column: endColumn }),
    ...{ annotation_level: level, title, message },
  }
}

function checking({ name }: Repository, what: string): Operation {
  return { name: `${what} of ${name}`, permission: 'checks: write' }
}
