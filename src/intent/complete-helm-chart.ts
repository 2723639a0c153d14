import type { DocumentPath } from '../source/types.ts'
import { completeSecretReference, completeValueFrom } from './complete-source-ref.ts'
import { chartIncomplete, deprecatedField, optionsWithoutEffect } from './diagnostics.ts'
import { isWritten } from './header.ts'
import type { WrittenObject } from './reading.ts'
import type { HelmChart, HelmOptions, RegistryCredentials } from './types.ts'
import type { WrittenHelmChart, WrittenHelmOptions } from './written/helm-chart.ts'

/** One entry of helmCharts with every default; texts stay unrendered templates. */
export function completeHelmChart(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenHelmChart,
): HelmChart {
  const { document, report } = object
  checkRepositoryFields(object, path, written)
  if (written.secretRef !== undefined) {
    report(deprecatedField(document, [...path, 'secretRef'], 'write `registryCredentialsConfig.credentials`'))
  }
  const credentials = completeCredentials(written)
  return {
    repositoryURL: written.repositoryURL,
    repositoryName: written.repositoryName ?? '',
    chartName: written.chartName ?? '',
    chartVersion: written.chartVersion ?? '',
    releaseName: written.releaseName,
    releaseNamespace: written.releaseNamespace,
    values: written.values ?? '',
    valuesFrom: (written.valuesFrom ?? []).map(completeValueFrom),
    helmChartAction: written.helmChartAction ?? 'Install',
    options: completeOptions(object, [...path, 'options'], written.options ?? {}),
    ...(credentials === undefined ? {} : { registryCredentialsConfig: credentials }),
  }
}

/** The CRD's rules: a chart of an http or oci repository needs its name, version and repository name. */
function checkRepositoryFields(
  { document, report }: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenHelmChart,
): void {
  if (!/^(?:http|oci)/.test(written.repositoryURL)) return
  for (const field of ['chartName', 'chartVersion', 'repositoryName'] as const) {
    if (isWritten(document, [...path, field])) continue
    report(chartIncomplete(document, [...path, field], field === 'repositoryName' ? 'warning' : 'error'))
  }
}

function completeCredentials({
  registryCredentialsConfig,
  secretRef,
}: WrittenHelmChart): RegistryCredentials | undefined {
  if (registryCredentialsConfig === undefined && secretRef === undefined) return undefined
  const {
    credentials = secretRef,
    ca,
    key = '',
    insecureSkipTLSVerify = false,
    plainHTTP = false,
  } = registryCredentialsConfig ?? {}
  return {
    ...(credentials === undefined ? {} : { credentials: completeSecretReference(credentials) }),
    key,
    ...(ca === undefined ? {} : { ca: completeSecretReference(ca) }),
    insecureSkipTLSVerify,
    plainHTTP,
  }
}

function completeOptions(
  object: WrittenObject<unknown>,
  path: DocumentPath,
  written: WrittenHelmOptions,
): HelmOptions {
  const { installOptions = {}, upgradeOptions = {} } = written
  if (written.createNamespace !== undefined) {
    object.report(
      deprecatedField(
        object.document,
        [...path, 'createNamespace'],
        'write `installOptions.createNamespace`',
      ),
    )
  }
  const unsupported = withoutEffect(written)
  if (unsupported.length > 0) object.report(optionsWithoutEffect(object.document, path, unsupported))
  return {
    skipCRDs: written.skipCRDs ?? false,
    skipSchemaValidation: written.skipSchemaValidation ?? false,
    // What is rendered serves install and upgrade alike: hooks go only when neither wants them.
    disableHooks:
      written.disableHooks ?? (installOptions.disableHooks === true && upgradeOptions.disableHooks === true),
    wait: written.wait ?? false,
    timeout: written.timeout ?? '5m',
    createNamespace: installOptions.createNamespace ?? written.createNamespace ?? true,
    postRenderStrategy: written.postRenderStrategy ?? 'combined',
    unsupported,
  }
}

const rendered = new Set([
  'skipCRDs',
  'skipSchemaValidation',
  'disableHooks',
  'wait',
  'timeout',
  'createNamespace',
  'postRenderStrategy',
])
/** Written out or not, they mean what happens anyway: CRDs are upgraded, nothing is kept but Git's own history. */
const alreadySo = new Set([
  'disableOpenAPIValidation',
  'enableClientCache',
  'upgradeOptions.upgradeCRDs',
  'upgradeOptions.maxHistory',
  'upgradeOptions.recreate',
  'upgradeOptions.subNotes',
])

/** Options that are written with another value than their default and that rendering cannot honour, sorted. */
function withoutEffect(written: WrittenHelmOptions): string[] {
  const { installOptions = {}, upgradeOptions = {}, uninstallOptions = {}, ...options } = written
  const named: [string, unknown][] = [
    ...Object.entries(options).filter(([name]) => !rendered.has(name)),
    ...Object.entries(installOptions).map(([name, value]): [string, unknown] => [
      `installOptions.${name}`,
      value,
    ]),
    ...Object.entries(upgradeOptions).map(([name, value]): [string, unknown] => [
      `upgradeOptions.${name}`,
      value,
    ]),
    ...Object.entries(uninstallOptions).map(([name, value]): [string, unknown] => [
      `uninstallOptions.${name}`,
      value,
    ]),
  ]
  const bothWithoutHooks = installOptions.disableHooks === true && upgradeOptions.disableHooks === true
  return named
    .filter(([name, value]) => {
      if (alreadySo.has(name) || name === 'installOptions.createNamespace') return false
      if (name === 'installOptions.replace') return value === false
      if (name === 'installOptions.recoverAfterConsecutiveFailures') return false
      if (name === 'uninstallOptions.deletionPropagation') return value !== 'background'
      if (name.endsWith('.disableHooks'))
        return value === true && !bothWithoutHooks && options.disableHooks !== true
      return value !== false && value !== ''
    })
    .map(([name]) => name)
    .sort()
}
