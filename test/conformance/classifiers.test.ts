import { describe, expect, test } from 'vitest'
import { createCel, toCelResource } from '../../src/cel/cel.ts'
import { completeResourceSelector } from '../../src/intent/complete-health.ts'
import { parseClassifier } from '../../src/intent/kinds/classifier.ts'
import type { VersionComparison } from '../../src/intent/types.ts'
import type { WrittenResourceSelector } from '../../src/intent/written/health.ts'
import { classify } from '../../src/resolve/classify/classify.ts'
import { judgeVersion } from '../../src/resolve/classify/judge-version.ts'
import { createKnowledge } from '../../src/resolve/knowledge.ts'
import { selectResources } from '../../src/resolve/resources/select-resources.ts'
import { createScripts } from '../../src/resolve/scripts.ts'
import { clusterState, documentOf, factsOf } from '../resolve/observed.ts'
import { sharedFolder } from '../shared.ts'
import { readOracle, type JsonMap, type OracleCase } from './oracle-cases.ts'
import { failure } from './oracle-runner.ts'

/** One case in the oracle's form. */
function run({ op, input }: OracleCase): JsonMap {
  const given = input as JsonMap
  switch (op) {
    case 'cel':
      return runRules(given)
    case 'version':
      return runVersion(given)
    case 'classifier':
      return runClassifier(given)
    case 'mgmtSelector':
      return runSelector(given)
    default:
      throw new Error(`this test does not know the operation ${op}`)
  }
}

function runRules({ rules, object }: JsonMap): JsonMap {
  const cel = createCel()
  const resource = toCelResource(JSON.stringify(object))
  const holds = (rule: string): boolean => {
    const outcome = cel.evaluate(rule, resource)
    return outcome.ok && outcome.value
  }
  return { matching: (rules as readonly { readonly rule: string }[]).some(({ rule }) => holds(rule)) }
}

function runVersion({ constraints, gitVersion }: JsonMap): JsonMap {
  const verdict = judgeVersion(constraints as readonly VersionComparison[], gitVersion as string)
  return verdict.known ? { matching: verdict.matches } : failure
}

/** The wall limit of scripts plays no part. */
const scripts = createScripts({ clockMs: 0, elapsedMs: () => 0, report: () => undefined })

function runClassifier({ resource, resources, version }: JsonMap): JsonMap {
  const classifier = parseClassifier(documentOf(resource as JsonMap), () => undefined)
  if (classifier === undefined) throw new Error('the case holds no classifier')
  const id = 'fleet/c1'
  const facts = factsOf({ [id]: resources as readonly JsonMap[] })
  const state = clusterState(id, { kubeVersion: version as string })
  const { clusters } = classify([state], { classifiers: [classifier] }, createKnowledge(facts), scripts)
  const { labels = [], hold } = clusters.get(id) ?? {}
  return hold ? failure : { matching: labels.length > 0 }
}

function runSelector({ selector, object }: JsonMap): JsonMap {
  const { apiVersion } = object as { readonly apiVersion: string }
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const written = { ...(selector as WrittenResourceSelector), group, version }
  const facts = factsOf({ 'fleet/c1': [object as JsonMap] })
  const asker = { id: 'x', document: documentOf({}), path: [], keep: 'whole', runner: 'controller' } as const
  const knowledge = createKnowledge(facts)
  const selected = selectResources(completeResourceSelector(written), 'fleet/c1', asker, {
    knowledge,
    scripts,
  })
  return selected.known ? { matching: selected.objects.length > 0 } : failure
}

describe.skipIf(sharedFolder() === undefined).each([
  ['cel', 'cel', 85],
  ['version', 'version', 74],
  ['agent', 'classifier', 36],
  ['lua', 'mgmtSelector', 12],
])('Sveltos: %s, %s', (area, op, count) => {
  const cases = readOracle(area).filter((one) => one.op === op)

  test('the oracle has all cases', () => {
    expect(cases).toHaveLength(count)
  })

  test.each(cases.map((one) => [one.id, one] as const))('%s', (_id, one) => {
    const expected = 'error' in one.expected ? failure : one.expected
    expect(run(one)).toEqual(expected)
  })
})
