import type { Patch } from '../engine/types.ts'
import type { HelmChart } from '../intent/types.ts'
import { chartInFluxSource } from './source-reference.ts'
import type { PlannedUnit, SourceReference } from './types.ts'
import { orUnresolved, unitBase } from './unit-base.ts'
import { unitName } from './unit-name.ts'
import { chartValues } from './values.ts'
import { instantiateIn, type Claimed, type World } from './world.ts'

/** The fields of a HelmChart that may be templates (sveltos.md 1.9). */
const templatedFields = [
  'releaseName',
  'releaseNamespace',
  'repositoryURL',
  'repositoryName',
  'chartName',
  'chartVersion',
] as const

/** One chart of a profile on one cluster; undefined for `helmChartAction: Uninstall`, which leaves nothing to deploy. */
export async function helmUnit(
  world: World,
  claimed: Claimed,
  chart: HelmChart,
  context: { readonly index: number; readonly patches: readonly Patch[] },
): Promise<PlannedUnit | undefined> {
  if (chart.helmChartAction === 'Uninstall') return undefined
  const path = ['spec', 'helmCharts', context.index]
  const texts = await instantiateIn(
    world,
    claimed,
    'profile',
    templatedFields.map((field) => ({ path: [...path, field], text: chart[field] })),
  )
  const fields = Object.fromEntries(
    templatedFields.map((field, index) => [field, (texts[index] ?? '').trim()]),
  )
  const release = { name: fields['releaseName'] ?? '', namespace: fields['releaseNamespace'] ?? '' }
  const base = {
    name: unitName('helm', release.namespace, release.name),
    ...unitBase(claimed, {
      path,
      deploymentType: 'Remote',
      referenceTier: 100,
      createNamespaces: chart.options.createNamespace,
      patches: context.patches,
      patchMode: chart.options.postRenderStrategy,
      defaultNamespace: release.namespace,
    }),
  }
  return orUnresolved(base, async () => {
    const [ownValues = ''] = await instantiateIn(world, claimed, 'profile', [
      { path: [...path, 'values'], text: chart.values },
    ])
    const values = await chartValues(world, claimed, ownValues, {
      valuesFrom: chart.valuesFrom,
      path: [...path, 'valuesFrom'],
    })
    return {
      ...base,
      kind: 'helm',
      ...chartSource(world, claimed, { ...chart, ...fields }, path),
      release,
      values,
      includeCrds: !chart.options.skipCRDs,
      skipSchemaValidation: chart.options.skipSchemaValidation,
      disableHooks: chart.options.disableHooks,
      timeoutMs: parseDuration(chart.options.timeout),
    }
  })
}

/** Where a chart comes from: this repository, a Flux source, an OCI registry, an HTTP repository. */
function chartSource(
  world: World,
  claimed: Claimed,
  chart: HelmChart,
  path: readonly (string | number)[],
): { readonly source: SourceReference; readonly path: string } {
  const { repositoryURL: url, chartVersion: version } = chart
  const origin = { document: claimed.claim.profile.document, path }
  const inFlux = chartInFluxSource(world, claimed, url, path)
  if (inFlux) return inFlux
  if (!/^[a-z]+:\/\//i.test(url)) {
    const folder = url.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
    return { source: { key: `repository:${folder}`, type: 'repository', path: folder, origin }, path: '' }
  }
  const name = chart.chartName.slice(chart.chartName.lastIndexOf('/') + 1)
  const credentials = chart.registryCredentialsConfig
  const transport = {
    ...(credentials?.credentials && { credentials: credentials.credentials }),
    ...(credentials?.ca && { ca: credentials.ca }),
    ...(credentials?.insecureSkipTLSVerify === true && { insecureSkipTLSVerify: true }),
    ...(credentials?.plainHTTP === true && { plainHTTP: true }),
    origin,
  }
  const base = url.replace(/\/+$/, '')
  if (/^oci:/i.test(url)) {
    const full = `${base}/${name}`
    return {
      source: { ...transport, key: `${full}@${version}`, type: 'helm-oci', url: full, version },
      path: '',
    }
  }
  const key = `helm:${base}#${name}@${version}`
  return { source: { ...transport, key, type: 'helm-http', url: base, chart: name, version }, path: '' }
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Go's duration: `1h30m`. Intent has checked its form. */
function parseDuration(text: string): number {
  let sum = 0
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(amount) * (unitsMs[unit] ?? 0)
  return sum
}
