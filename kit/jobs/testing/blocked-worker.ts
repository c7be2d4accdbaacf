// A worker process for the tests of a dead one: takes a job, says so, and never ends it. Arguments: database, role.
import { z } from 'zod'
import { testServer } from '../../testing/index.ts'
import { openDatabase } from '../../sql/index.ts'
import { createJobWorker, defineJob } from '../index.ts'

const block = defineJob({
  name: 'block-worker',
  payload: z.object({}),
  run: () => {
    process.stdout.write('blocked\n')
    return new Promise<void>(() => {})
  },
})
const [, , database = '', role = ''] = process.argv
const db = openDatabase({ ...testServer(), database, role })
await createJobWorker({ db, jobs: [block], deps: undefined, leaseMs: 2_000 }).look()
