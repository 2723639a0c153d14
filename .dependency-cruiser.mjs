// The journey of the data as import rules; docs/architecture.md tells it in words, test/architecture.test.ts breaks each on purpose.

/** A file imports from lower ranks only; folders of one rank do not see each other. */
export const ranks = [
  ['diagnostics'],
  ['kubernetes', 'git', 'lua', 'cel', 'engine', 'secrets'],
  ['source'],
  ['config'],
  ['intent'],
  ['observe'],
  ['resolve'],
  ['sources', 'render'],
  ['branch'],
  ['compare', 'live'],
  ['report'],
  // compile.ts stands here: the stages below do not know the journey that they are part of.
  ['review'],
  ['adapters'],
  ['cli', 'action', 'app'],
]
const stages = ranks.flat()
const shells = ['cli', 'action', 'app']
const beforeTheJourney = ranks
  .slice(
    0,
    ranks.findIndex((folders) => folders.includes('review')),
  )
  .flat()

/** Stages without one entry: every file is a word that the others use. */
const vocabulary = ['diagnostics', 'kubernetes', 'git', 'secrets']

/** `^src/(a|b)/` */
const inside = (folders) => `^src/(${folders.join('|')})/`
/** What a stage shows to the others: its entry, its types and its ports. */
const shownBy = (stage) => `^src/${stage}/(${stage}|types|[a-z-]+-port)\\.ts$`

const rankRules = ranks.flatMap((folders, rank) =>
  folders.map((folder) => ({
    name: `rank-${folder}`,
    comment: `src/${folder} imports from lower ranks only`,
    severity: 'error',
    from: { path: inside([folder]) },
    to: {
      path: inside(
        ranks
          .slice(rank)
          .flat()
          .filter((other) => other !== folder)
          .concat('nothing'),
      ),
    },
  })),
)

const privacyRules = stages
  .filter((stage) => ![...vocabulary, ...shells, 'adapters'].includes(stage))
  .map((stage) => ({
    name: `private-${stage}`,
    comment: `outside src/${stage}, only its entry, its types and its ports may be imported`,
    severity: 'error',
    from: { path: '^src/', pathNot: inside([stage]) },
    to: { path: inside([stage]), pathNot: shownBy(stage) },
  }))

export default {
  forbidden: [
    ...rankRules,
    ...privacyRules,
    {
      name: 'no-cycles',
      comment: 'files that need each other, be it for a type, are read together or not at all',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'journey-is-above-the-stages',
      severity: 'error',
      from: { path: inside(beforeTheJourney) },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'journey-takes-ports',
      comment: 'compile.ts and what stands beside it get adapters as an argument and know no shell',
      severity: 'error',
      from: { path: '^src/[a-z-]+\\.ts$', pathNot: '^src/index\\.ts$' },
      to: { path: inside(['review', 'adapters', ...shells]) },
    },
    {
      name: 'index-is-for-others',
      comment: 'inside, each file imports what it means',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'adapters-know-ports',
      comment: 'an adapter imports ports and the types that they mention, not how a stage works',
      severity: 'error',
      from: { path: inside(['adapters']) },
      to: {
        path: '^src/',
        pathNot: [inside(['adapters', ...vocabulary]), '^src/[a-z-]+/(types|[a-z-]+-port)\\.ts$'],
      },
    },
    {
      name: 'pure-stages',
      comment: 'only adapters, shells and the engine, which loads its module, touch the machine',
      severity: 'error',
      from: { path: '^src/', pathNot: inside(['adapters', 'engine', ...shells]) },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|path/posix|crypto|buffer|zlib)$' },
    },
    {
      name: 'runtime-dependencies',
      comment: 'what src imports must be there where fleetwright is installed',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // Types may come from a `declare module`.
      to: { couldNotResolve: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-from-outside',
      comment: 'tests, benchmarks and fixtures import the product, never the reverse',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|fixtures|build)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
