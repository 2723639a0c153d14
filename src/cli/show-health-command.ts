import { resolve } from 'node:path'
import { readRecordedFolder } from '../adapters/disk/facts-folder.ts'
import { deliveredPath, tryParseDelivered, type Delivered } from '../observe/observe.ts'
import { formatHealthRows, toHealthRows } from '../report/report.ts'
import { emptyPlan } from '../resolve/resolve.ts'
import { readRendered } from './recorded-state.ts'
import { show, type ViewContext } from './show-fleet-command.ts'

/** `fleetwright show health`. */
export const runShowHealth = show({
  until: 'plan',
  async show({ plan = emptyPlan }, context) {
    const rows = toHealthRows(plan, await readDelivered(context))
    const isEmpty = rows.conditions.length === 0 && rows.objects.length === 0
    return { text: isEmpty ? 'no health checks\n' : formatHealthRows(rows), json: rows }
  },
})

/** What became of the add-ons, from where the facts are; a branch that cannot be read was reported by the compile. */
async function readDelivered({ options, io, workspace }: ViewContext): Promise<Delivered | undefined> {
  if (options.facts !== undefined)
    return tryParseDelivered((await readRecordedFolder(resolve(io.cwd, options.facts))).get(deliveredPath))
  const rendered = await readRendered(workspace, options.remote, () => undefined)
  if (rendered === undefined) return undefined
  const { previous, writer } = rendered
  return tryParseDelivered((await writer.readFiles(previous.state, [deliveredPath])).get(deliveredPath))
}
