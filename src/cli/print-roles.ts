import { compile } from '../compile.ts'
import { assert } from '../diagnostics/errors.ts'
import { deliveredNeeds, readerRoles, type ReaderRole, type SecretAddress } from '../observe/observe.ts'
import { configuredManagement, fleetTargets } from '../observe-targets.ts'
import { toObserveOutput } from '../report/report.ts'
import { exitCodes, type ExitCode } from './io.ts'
import { observeOptions, type ObserveRun } from './observe-run.ts'

/**
 * `fleetwright observe --print-rbac`: roles for what is known to be needed, from the intent and from what was recorded.
 * Connects to no cluster: whoever prints them need not be allowed anything yet.
 */
export async function printRoles(run: ObserveRun): Promise<ExitCode> {
  const { workspace, access, printer } = run
  const { isWanted: _all, ...options } = observeOptions(run)
  const compiled = await compile(
    workspace.ports,
    { ...options, asOf: workspace.asOf, until: 'manifests' },
    () => undefined,
  )
  const management = access.management ?? configuredManagement(compiled.config)
  const ids = (compiled.plan?.clusters ?? []).map(({ cluster }) => cluster.id)
  const { targets } = fleetTargets(compiled, management)
  const roles = readerRoles({
    needs: [
      ...(compiled.plan?.needs ?? []),
      ...(compiled.rendered?.needs ?? []),
      ...deliveredNeeds(compiled.config, ids),
    ],
    kubeconfigs: targets
      .map(({ address }) => address)
      .filter((address): address is SecretAddress => address.type === 'secret'),
    facts: compiled.facts,
    hasManagement: management !== undefined,
  })
  printer.text(await formatRoles(roles, run))
  printer.json(toObserveOutput({ clusters: [], intentErrors: 0, diagnostics: [], roles }))
  return exitCodes.done.code
}

async function formatRoles(roles: readonly ReaderRole[], { workspace }: ObserveRun): Promise<string> {
  const printed = await workspace.engine.printObjects(roles.map(({ object }) => JSON.stringify(object)))
  assert(printed.ok, 'roles can be printed')
  return printed.value
    .map(({ text }, index) => {
      const notes = (roles[index]?.notes ?? []).map((note) => `# ${note}\n`)
      return `${notes.join('')}${text}`
    })
    .join('---\n')
}
