// What a page showed when a story failed on it: the address and the text in the output, the picture beside the other screenshots.
import { afterEach } from 'vitest'
import { describePages } from './browser.ts'

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const line of await describePages(task.name)) console.error(line)
})
