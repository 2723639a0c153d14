import { formatChangeAnswer, formatNoClusters, formatWorking, outputs } from '../../report/report.ts'
import { runChild } from '../work/run-child.ts'
import { compareChange } from './compare-change.ts'
import type { CommandAnswer, GiveCommand, GivenCommand } from './types.ts'

/** `/fleet diff [SELECTOR]`: the report on some of the clusters. */
export const giveDiff: GiveCommand<{ readonly cluster?: string }> = async (given, { cluster }) => {
  const { base, head, tell } = given
  await tell(formatWorking('Compiling base and head'))
  if (cluster === undefined) {
    const compared = await compareChange(given, [base, head])
    return compared.status === 'answered'
      ? compared.answer
      : { state: 'done', body: formatChangeAnswer(compared) }
  }
  const compared = await compareChange(given, [base, head, `--cluster=${cluster}`])
  if (compared.status === 'compared')
    return { state: 'done', body: formatChangeAnswer({ ...compared, clusters: cluster }) }
  return compared.isMisunderstood ? suggest(given, cluster, compared.answer) : compared.answer
}

/** What may have been meant, from the clusters that there are; `otherwise` where that cannot be said. */
async function suggest(
  { context, opened, head, isFork, spec }: GivenCommand,
  written: string,
  otherwise: CommandAnswer,
): Promise<CommandAnswer> {
  const { stdout } = await runChild(context, {
    ...{ command: 'show clusters', working: opened.working, isUntrusted: isFork },
    args: [`--commit=${head}`, `--branch=${spec.rendered.branch}`, '--offline', '--output=json'],
  })
  const shown = outputs['show clusters'].safeParse(tryParseJson(stdout)).data
  if (shown === undefined) return otherwise
  const clusters = shown.clusters.map(({ cluster, labels }) => ({
    id: cluster,
    labels: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
  }))
  return { state: 'confused', body: formatNoClusters(clusters, written) }
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
