import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/temporary-folder.ts', 'test/bundled.ts'],
    setupFiles: ['test/patience.ts'],
    // As the command line sets it: most of these files do too little with the engine for V8 to optimise it.
    execArgv: ['--wasm-tiering-budget=200000000'],
    env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // One more than the least machine has cores: some wait for real controllers, while others compute.
    maxWorkers: 3,
  },
})
