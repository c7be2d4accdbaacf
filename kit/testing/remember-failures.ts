// A vitest setup file (`setupFiles` in vitest.config.ts): lets `drop` of a test database know that it should keep it.
import { afterEach } from 'vitest'
import { rememberFailure } from './failures.ts'

afterEach(({ task }) => {
  if (task.result?.state === 'fail') rememberFailure(true)
})
