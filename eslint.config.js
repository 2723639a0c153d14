import tseslint from 'typescript-eslint'

/** A shell owns the process; what is below is handed the clock, randomness, environment and folder that it needs. */
const shellsOnly = {
  'no-restricted-globals': ['error', { name: 'process', message: 'Only a shell touches the process.' }],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'The clock is an input.' },
    { object: 'Math', property: 'random', message: 'Randomness is an input.' },
  ],
}

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'engine/', 'fixtures/', '**/*.generated.ts', '**/*.d.ts'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', '.*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Taking a field out by naming it is how the rest of an object is had.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      'max-lines': ['error', 400],
      'max-params': ['error', 4],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }] },
  },
  {
    // Factories whose closures are the methods of what they make; each closure is short.
    files: ['src/engine/pool.ts', 'src/engine/wasi.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [
      'src/cli/process-io.ts',
      'src/cli/main.ts',
      'src/cli/standby.ts',
      'src/action/main.ts',
      'src/app/main.ts',
      'src/adapters/**',
    ],
    rules: shellsOnly,
  },
  {
    // Inline in one page, where scripts share what they declare at the top.
    files: ['templates/page/*.js'],
    languageOptions: { sourceType: 'script' },
  },
  {
    files: ['*.js', '.*.mjs', '*.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off' },
  },
)
