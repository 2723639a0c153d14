import type { RunCli } from '../../../src/app/types.ts'
import { openChange, type RigOptions } from '../work/work-rig.ts'
import { createCommandRig, type CommandRig } from './command-rig.ts'

/** Children that end at once: the configuration is what the base has, and nothing is to be explained. */
export const quick: RunCli = ({ command, args }) => {
  const isStrict = args.includes(`--commit=${strictCommit.id}`)
  const stdout = command === 'show config' ? configOf(isStrict ? 'admin' : 'write') : 'the causes\n'
  return Promise.resolve({ exitCode: 0, stdout, stderr: '', durationMs: 1 })
}
export const strictCommit = { id: '' }

export function configOf(allow: string): string {
  return JSON.stringify({
    ...{ written: true, apiVersion: 'fleetwright.dev/v1alpha1', kind: 'FleetConfig', diagnostics: [] },
    spec: {
      ...{ intent: { include: [], exclude: [] }, management: {}, clusters: [], facts: { maxAge: '24h' } },
      rendered: {
        ...{ branch: 'rendered', delivery: ['flux'], mode: 'hub', adopt: false },
        ...{ source: { name: 'fleetwright' }, argocd: { namespace: 'argocd', project: 'default' } },
      },
      ...{ brakes: { maxDeletedShare: '10%', protect: [] }, secrets: { allow: [] } },
      ...{ review: { commands: { allow: [allow] }, silence: [] }, sources: { allowedHosts: [] } },
      app: { onPush: 'commit', onFleetChange: 'pull-request' },
    },
  })
}

export async function createQuickRig(
  cli: RunCli = quick,
  ports?: RigOptions['ports'],
): Promise<CommandRig & { readonly head: string }> {
  const rig = await createCommandRig({ cli: () => cli, ...(ports && { ports }) })
  const { head } = openChange(rig.state)
  await rig.noteHead(head)
  return { ...rig, head }
}

export const explain = '/fleet explain fleet/staging'
