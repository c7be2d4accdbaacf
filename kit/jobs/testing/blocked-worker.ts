// A worker process for the test of a dead one: takes a job, says so, and never ends it.
import { z } from 'zod'
import { testServer } from '../../testing/index.ts'
import { createJobRunner, defineJob } from '../index.ts'

const block = defineJob({
  name: 'block-worker',
  payload: z.object({}),
  run: () => {
    process.stdout.write('blocked\n')
    return new Promise<void>(() => {})
  },
})
const connection = { ...testServer(), database: process.argv[2] ?? '', role: 'platen_worker' }
await createJobRunner({ connection, jobs: [block], deps: undefined, workerId: 'blocked' }).start()
