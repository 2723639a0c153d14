import type { LabelFilter, ResourceSelector, ValidateHealth } from './types.ts'
import type { WrittenLabelFilter, WrittenResourceSelector, WrittenValidateHealth } from './written/health.ts'

export function completeValidateHealth(written: WrittenValidateHealth): ValidateHealth {
  const { name, featureID, group = '', version = '', kind = '', namespace = '' } = written
  return {
    name,
    featureID,
    group,
    version,
    kind,
    namespace,
    labelFilters: (written.labelFilters ?? []).map(completeLabelFilter),
    script: written.script ?? '',
    evaluateCEL: written.evaluateCEL ?? [],
    ...(written.jobCheck !== undefined ? { asks: 'job' } : written.metricSource && { asks: 'metrics' }),
  }
}

export function completeResourceSelector(written: WrittenResourceSelector): ResourceSelector {
  const { group, version, kind, namespace = '', name = '', selector } = written
  return {
    group,
    version,
    kind,
    namespace,
    name,
    labelFilters: (written.labelFilters ?? []).map(completeLabelFilter),
    ...(selector === undefined
      ? {}
      : {
          selector: {
            matchLabels: selector.matchLabels ?? {},
            matchExpressions: (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
              key,
              operator,
              values,
            })),
          },
        }),
    evaluateCEL: written.evaluateCEL ?? [],
    evaluate: written.evaluate ?? '',
  }
}

function completeLabelFilter({ key, operation, value = '' }: WrittenLabelFilter): LabelFilter {
  return { key, operation, value }
}
