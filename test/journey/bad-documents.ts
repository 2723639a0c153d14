import { clusterProfile, configMap, sveltosCluster } from '../compile-files.ts'
import type { Row } from './bad-row.ts'
import { clustersYaml, manifest, policyProfile } from './small-fleet.ts'

const content = 'fleet/ill-content.yaml'
const profile = 'fleet/ill.yaml'

const illMoves = { [content]: configMap('ill', { 'a.yaml': manifest('a', 'moved') }) }

/** Nine levels of ten aliases each. */
const laughs = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: laughs }\nx0: &x0 [lol]\n${Array.from(
  { length: 9 },
  (_, level) =>
    `x${level + 1}: &x${level + 1} [${Array.from({ length: 10 }, () => `*x${level}`).join(', ')}]`,
).join('\n')}\n`

const malformed: readonly Row[] = [
  {
    what: 'a profile is no YAML',
    bad: { [profile]: `${policyProfile('ill', 'ill')}  oops: [1\n` },
    says: ['source/malformed-yaml fleet/ill.yaml:9:1'],
    warns: ['branch/former-file fleet/ill.yaml:9:1'],
    then: 'ill stays',
  },
  {
    what: 'a tab indents a profile',
    bad: { [profile]: policyProfile('ill', 'ill').replace('  policyRefs', '\tpolicyRefs') },
    says: ['source/malformed-yaml fleet/ill.yaml:6:1'],
    warns: ['branch/former-file fleet/ill.yaml:6:1'],
    then: 'ill stays',
  },
  {
    what: 'a file called .yaml holds bytes of no text',
    bad: { [content]: new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x00, 0xff, 0xfe, 0x00]) },
    says: ['source/not-utf8 fleet/ill-content.yaml:1:7'],
    warns: ['branch/former-file fleet/ill-content.yaml:1:7'],
    then: 'ill stays',
  },
  {
    what: 'a profile is saved as UTF-16',
    bad: { [profile]: new Uint8Array(Buffer.from(`\ufeff${policyProfile('ill', 'ill')}`, 'utf16le')) },
    says: ['source/not-utf8 fleet/ill.yaml:1:1'],
    warns: ['branch/former-file fleet/ill.yaml:1:1'],
    then: 'ill stays',
  },
  {
    what: 'CRLF line ends and a byte order mark are no fault',
    bad: {
      [profile]: `\ufeff${policyProfile('ill', 'ill').replaceAll('\n', '\r\n')}`,
      [content]: configMap('ill', { 'a.yaml': manifest('a', 'windows').replaceAll('\n', '\r\n') }),
    },
    then: 'all goes on',
    shows: 'windows',
  },
  {
    what: 'a YAML file of 50 MB',
    bad: { [content]: `${configMap('ill', { 'a.yaml': manifest('a', 'big') })}# ${'x'.repeat(50 << 20)}\n` },
    says: ['source/file-too-large fleet/ill-content.yaml:1:1'],
    warns: ['branch/former-file fleet/ill-content.yaml:1:1'],
    then: 'ill stays',
  },
  {
    what: '10,000 documents in one file are no fault',
    bad: {
      'fleet/many.yaml': Array.from({ length: 10_000 }, (_, index) => configMap(`many-${index}`, {})).join(
        '---\n',
      ),
      [content]: configMap('ill', { 'a.yaml': manifest('a', 'many') }),
    },
    then: 'all goes on',
    shows: 'many',
  },
  {
    what: 'aliases of a YAML file grow a billionfold',
    bad: { [content]: `${configMap('ill', {})}---\n${laughs}` },
    says: ['source/malformed-yaml fleet/ill-content.yaml:3:1'],
    warns: ['branch/former-file fleet/ill-content.yaml:3:1'],
    then: 'ill stays',
  },
  {
    what: 'a YAML file is nested 20,000 levels deep',
    bad: { 'fleet/deep.yaml': `kind: ConfigMap\ndata: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n` },
    warns: ['source/skipped-yaml fleet/deep.yaml:2:1'],
    then: 'ill stays',
  },
  {
    what: 'a file has a name that nobody can type',
    bad: { 'fleet/a\n"ü\u202e.yaml': configMap('other', {}), ...illMoves },
    then: 'all goes on',
    shows: 'moved',
  },
  {
    what: 'the repository is empty',
    bad: Object.fromEntries(
      ['clusters', 'ill', 'ill-content', 'well', 'well-content'].map((name) => [
        `fleet/${name}.yaml`,
        undefined,
      ]),
    ),
    says: ['branch/brake'],
    warns: ['source/no-documents'],
    then: 'branch stays',
  },
]

const fields: readonly Row[] = [
  {
    what: 'an unknown field of a profile',
    bad: { [profile]: policyProfile('ill', 'ill', 'helmChart: []') },
    warns: ['intent/unknown-field fleet/ill.yaml:8:3'],
    then: 'ill stays',
  },
  {
    what: 'a wrong type in a profile',
    bad: { [profile]: policyProfile('ill', 'ill', 'tier: low') },
    says: ['intent/wrong-type fleet/ill.yaml:8:9'],
    then: 'ill stays',
  },
  {
    what: 'a misspelt field takes everything out of a profile',
    bad: { [profile]: policyProfile('ill', 'ill').replace('policyRefs', 'policyRef') },
    warns: ['intent/unknown-field fleet/ill.yaml:6:3'],
    then: 'ill stays',
  },
  {
    what: 'a misspelt field takes every cluster from a profile',
    bad: { [profile]: policyProfile('ill', 'ill').replace('clusterSelector', 'clusterSelectors') },
    warns: ['intent/selects-nothing fleet/ill.yaml:5:3', 'intent/unknown-field fleet/ill.yaml:5:3'],
    then: 'ill stays',
  },
  {
    what: 'an unknown field of a cluster',
    bad: {
      'fleet/clusters.yaml': clustersYaml.replace('spec: {}', 'spec: { pause: true }'),
    },
    warns: ['intent/unknown-field fleet/clusters.yaml:4:9'],
    then: 'ill stays',
  },
  {
    what: 'a misspelt field takes the labels from a cluster',
    bad: { 'fleet/clusters.yaml': clustersYaml.replace('"labels"', '"lables"') },
    warns: [
      'intent/unknown-field fleet/clusters.yaml:3:45',
      'resolve/selects-no-cluster fleet/ill.yaml:5:20',
    ],
    then: 'ill stays',
  },
  {
    what: 'a cluster has a name that would leave its folder',
    bad: { 'fleet/more.yaml': sveltosCluster('../../../etc', { zone: 'ill' }) },
    says: ['intent/bad-value fleet/more.yaml:3:19'],
    warns: ['branch/former-file fleet/more.yaml:3:19'],
    then: 'ill stays',
  },
  {
    what: 'two clusters have one name',
    bad: { 'fleet/more.yaml': sveltosCluster('ill', { zone: 'well' }) },
    says: ['intent/duplicate fleet/more.yaml:3:19'],
    warns: ['branch/former-file fleet/clusters.yaml:3:19', 'branch/former-file fleet/more.yaml:3:19'],
    then: 'ill stays',
  },
  {
    what: 'recorded facts of a cluster cannot be read',
    bad: illMoves,
    options: { facts: new Map([['.fleetwright/facts/fleet/ill.json', '{"version": 1']]) },
    says: ['observe/bad-facts'],
    then: 'ill stays',
  },
  {
    what: 'one profile is defined twice',
    bad: { 'fleet/ill-again.yaml': policyProfile('ill', 'ill', 'tier: 7') },
    says: ['intent/duplicate fleet/ill.yaml:3:19'],
    warns: ['branch/former-file fleet/ill-again.yaml:3:19', 'branch/former-file fleet/ill.yaml:3:19'],
    then: 'ill stays',
  },
  {
    what: 'one ConfigMap that a profile deploys is defined twice',
    bad: { 'fleet/x-again.yaml': configMap('ill', { 'a.yaml': manifest('a', 'other') }) },
    says: ['intent/duplicate-object fleet/x-again.yaml:1:58'],
    warns: ['branch/former-file fleet/ill-content.yaml:1:58', 'branch/former-file fleet/x-again.yaml:1:58'],
    then: 'ill stays',
  },
  {
    what: 'profiles depend on each other in a circle',
    bad: {
      [profile]: policyProfile('ill', 'ill', 'dependsOn: [second]'),
      'fleet/second.yaml': clusterProfile('second', 'dependsOn: [ill]'),
    },
    says: ['intent/dependency-cycle fleet/ill.yaml:8:15'],
    warns: ['branch/former-file fleet/ill.yaml:8:15', 'branch/former-file fleet/second.yaml:5:15'],
    then: 'ill stays',
  },
  {
    what: 'a profile depends on one that does not exist',
    bad: { [profile]: policyProfile('ill', 'ill', 'dependsOn: [nobody]') },
    warns: ['intent/dependency-unknown fleet/ill.yaml:8:15'],
    then: 'ill stays',
  },
  {
    what: 'a selector that cannot be read',
    bad: {
      [profile]: clusterProfile(
        'ill',
        'clusterSelector: { matchExpressions: [{ key: zone, operator: Inn, values: [ill] }] }\npolicyRefs:\n- { kind: ConfigMap, namespace: default, name: ill }',
      ),
    },
    says: ['intent/bad-value fleet/ill.yaml:5:64'],
    then: 'ill stays',
  },
  {
    what: 'fleetwright.yaml has an unknown field',
    bad: {
      'fleetwright.yaml': 'apiVersion: fleetwright.dev/v1alpha1\nkind: FleetConfig\nspec: { brake: {} }\n',
    },
    says: ['config/unknown-field fleetwright.yaml:3:9'],
    then: 'branch stays',
  },
  {
    what: 'fleetwright.yaml is no YAML any more, and has lost its header',
    bad: { 'fleetwright.yaml': 'spec:\n  brakes: { maxDeletedShare: 5%\n', ...illMoves },
    says: ['source/unreadable-config fleetwright.yaml:3:1'],
    then: 'branch stays',
  },
  {
    what: 'fleetwright.yaml is empty',
    bad: { 'fleetwright.yaml': '', ...illMoves },
    says: ['source/unreadable-config fleetwright.yaml:1:1'],
    then: 'branch stays',
  },
  {
    what: 'fleetwright.yaml does not say what it is',
    bad: { 'fleetwright.yaml': 'spec: { brakes: { maxDeletedShare: 5% } }\n', ...illMoves },
    says: ['config/bad-value fleetwright.yaml:1:1', 'config/bad-value fleetwright.yaml:1:1'],
    then: 'branch stays',
  },
]

/** Faults of the documents that are intent. */
export const badDocuments: readonly Row[] = [...malformed, ...fields]
