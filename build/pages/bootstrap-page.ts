import { bootstrapObjects } from '../../src/branch/branch.ts'
import { defaultConfig } from '../../src/config/config.ts'
import type { FleetConfig } from '../../src/config/types.ts'
import { createEngine } from '../../src/engine/engine.ts'
import type { Engine } from '../../src/engine/types.ts'
import { codeBlock, generatedNote } from './markdown.ts'

const url = 'https://git.example.com/fleet.git'
const clusters = ['fleet/production', 'fleet/staging'].map((id) => ({ id, namespace: 'fleet' }))

const { rendered } = defaultConfig
const kinds: readonly { title: string; about: string; rendered: FleetConfig['rendered'] }[] = [
  {
    title: 'Flux, hub',
    about:
      'Flux runs in the management cluster and reaches the others with the kubeconfig Secrets that Cluster API or Sveltos wrote. This is the default: `delivery: [flux]`, `mode: hub`.',
    rendered,
  },
  {
    title: 'Flux, spoke',
    about:
      'Flux runs in every cluster and applies what lies there for it: `delivery: [flux]`, `mode: spoke`.',
    rendered: { ...rendered, mode: 'spoke' },
  },
  {
    title: 'Argo CD',
    about:
      'Argo CD knows the clusters by name: `delivery: [argocd]`, and `argocd.repoURL` with the URL below.',
    rendered: { ...rendered, delivery: ['argocd'], argocd: { ...rendered.argocd, repoURL: url } },
  },
]

/** What is applied by hand, once, for each way of delivery. */
export async function bootstrapPage(): Promise<string> {
  const engine = await createEngine({ workers: 1 })
  try {
    const sections = await Promise.all(kinds.map((kind) => section(kind, engine)))
    return [
      generatedNote,
      '# Bootstrap',
      `What a person applies once, so that Flux or Argo CD follows the rendered branch from then on; everything else comes from the branch. Shown for a repository at \`${url}\` with the clusters \`fleet/production\` and \`fleet/staging\`; \`fleetwright init\` prints the first of these for a new repository. A private repository also needs a Secret, named as the documentation of Flux or Argo CD says.`,
      ...sections,
      '',
    ].join('\n\n')
  } finally {
    await engine.close()
  }
}

async function section(
  { title, about, rendered: chosen }: (typeof kinds)[number],
  engine: Engine,
): Promise<string> {
  const steps = bootstrapObjects({ ...defaultConfig, rendered: chosen }, { url, clusters })
  const parts = await Promise.all(
    steps.map(async ({ cluster, objects }) => {
      const printed = await engine.printObjects(objects.map((object) => JSON.stringify(object)))
      if (!printed.ok) throw new Error(printed.fault.message)
      const where = cluster === 'management' ? 'In the management cluster:' : `In \`${cluster.id}\`:`
      return [where, codeBlock(printed.value.map(({ text }) => text).join('---\n'), 'yaml')].join('\n\n')
    }),
  )
  return [`## ${title}`, about, ...parts].join('\n\n')
}
