import { defineConfig } from 'vitest/config'

// Stories against the whole platform in a real Chromium (its path is in PLATEN_TEST_CHROMIUM). Each starts a platform of
// its own; two at a time, for they wait more than they compute.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.e2e.ts'],
    setupFiles: ['tell-of-failures.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    passWithNoTests: true,
  },
})
