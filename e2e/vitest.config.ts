import { defineConfig } from 'vitest/config'

// Stories against the whole platform in a real Chromium (its path is in PLATEN_TEST_CHROMIUM). One at a time: each starts a platform.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.e2e.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    passWithNoTests: true,
  },
})
