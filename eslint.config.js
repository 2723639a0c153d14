import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', 'engine/', 'node_modules/', 'fixtures/cases/', '**/*.generated.ts'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.mjs'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
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
    // A shell owns the process; everything below is handed what it needs.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/adapters/**', 'src/engine/worker.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only shells and adapters touch the process.' }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock is an input.' },
        { object: 'Math', property: 'random', message: 'Randomness is an input.' },
      ],
    },
  },
  { files: ['*.js', '*.mjs', '*.config.ts'], ...tseslint.configs.disableTypeChecked, rules: { ...tseslint.configs.disableTypeChecked.rules, "no-restricted-syntax": "off" } },
)
