// A process to be killed: begins a dump, reads one piece, says so, and never reads on. Its request comes as JSON on standard input.
import { json } from 'node:stream/consumers'
import { Secret } from '@platen/kit/secrets'
import { PostgresDatabaseServer } from '../../driver.ts'
import type { PgTools } from '../pg-tools.ts'

interface Request {
  host: string
  user: string
  login: { database: string; user: string; session: string }
  secrets: { provisioner: string; password: string }
  tools: PgTools
}

// Written by the test beside.
const { host, user, login, secrets, tools } = (await json(process.stdin)) as Request
const provisioner = {
  host,
  user,
  database: 'postgres',
  password: new Secret(secrets.provisioner),
  applicationName: 'test',
}
const server = new PostgresDatabaseServer(provisioner, { tools: async () => tools })
const { snapshot } = await server.exportSnapshot(login.database, { session: login.session })
const dump = server.dump({ ...login, password: new Secret(secrets.password), snapshot })
await dump[Symbol.asyncIterator]().next()
console.log('stalled')
