// Ranks of docs/architecture.md: a file imports from lower ranks only. One row a stage; folders of one rank do not see each other.
const ranks = [
  ['diagnostics'],
  ['kubernetes', 'lua', 'engine', 'secrets'],
  ['config', 'source'],
  ['intent'],
  ['observe'],
  ['resolve'],
  ['sources', 'render'],
  ['branch'],
  ['compare'],
  ['report'],
  ['review'],
  ['adapters'],
  ['cli', 'action', 'app'],
]
const stages = ranks.flat()

const rules = ranks.flatMap((folders, rank) =>
  folders.map((folder) => {
    const higher = ranks.slice(rank).flat().filter((other) => other !== folder)
    return {
      name: `rank-${folder}`,
      comment: `src/${folder} may import lower ranks only`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: [`^src/(${higher.join('|') || 'nothing'})/`, '^src/[^/]+\\.ts$'] },
    }
  }),
)

/** What another stage may import of a stage: its entry, its types, its ports and its diagnostics constructors' types. */
const privacy = stages
  // The vocabulary stages have no single entry: every file is a word of the vocabulary.
  .filter((stage) => !['diagnostics', 'kubernetes', 'adapters'].includes(stage))
  .map((stage) => ({
    name: `private-${stage}`,
    comment: `outside src/${stage}, only its entry, types and ports may be imported`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/${stage}/` },
    to: { path: `^src/${stage}/`, pathNot: `^src/${stage}/(${stage}|types|[a-z-]*port)\\.ts$` },
  }))

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    ...rules,
    ...privacy,
    {
      name: 'pure-stages',
      comment: 'only adapters, shells and the engine worker touch the machine',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|cli|action|app|engine)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|path/posix|crypto|buffer|zlib)$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
