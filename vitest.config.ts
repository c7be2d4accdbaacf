import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '{kit,drivers,identity,business,bench,manager,supervisor,cli,checks,tools}/**/*.test.ts',
      'web/**/*.test.{ts,tsx}',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.platen/**', '**/test-output/**'],
    globalSetup: ['tools/test-setup.ts'],
    // Databases of failed tests are kept, with the line that opens them.
    setupFiles: ['kit/testing/remember-failures.ts'],
    pool: 'forks',
    // Database tests wait more than they compute; each worker may hold a few connections of the 200.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
    restoreMocks: true,
    unstubEnvs: true,
  },
})
