// One of several processes that work on the same jobs: notes each that it ran as a row. Arguments: database, role.
import { z } from 'zod'
import { openDatabase, sql } from '../../sql/index.ts'
import { testServer } from '../../testing/index.ts'
import { createJobWorker, defineJob } from '../index.ts'

const [, , database = '', role = ''] = process.argv
const db = openDatabase({ ...testServer(), database, role })
const count = defineJob({
  name: 'count-once',
  payload: z.object({ n: z.number() }),
  run: async ({ n }) =>
    void (await sql`insert into public.runs (n, process) values (${n}, ${process.pid})`.execute(db)),
})
const worker = createJobWorker({ db, jobs: [count], deps: undefined })
await worker.look()
await worker.idle()
await worker.stop()
await db.destroy()
