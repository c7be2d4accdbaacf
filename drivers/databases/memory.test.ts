import { expect, test } from 'vitest'
import { aSiteRequest, databaseServerConformance } from './conformance.ts'
import { MemoryDatabaseServer } from './memory.ts'

databaseServerConformance('memory', async () => {
  const server = new MemoryDatabaseServer()
  return {
    server,
    write: async (request, text) => server.write(request.name, text),
    read: async (request) => server.read(request.name),
    close: async () => {},
  }
})

test('an injected fault of a dump strikes when some bytes have come', async () => {
  const server = new MemoryDatabaseServer()
  const request = aSiteRequest()
  await server.ensureSiteDatabase(request)
  const { snapshot } = await server.exportSnapshot(request.name, { session: 'op:x:1' })
  server.faults.inject('dump')
  const dumper = request.roles.find((role) => role.kind === 'dumper')
  if (!dumper) throw new Error('no dumper')
  const login = { database: request.name, user: dumper.name, password: dumper.password }
  let given = 0
  const reading = async (): Promise<void> => {
    for await (const chunk of server.dump({ ...login, snapshot, session: 'op:x:1' })) given += String(chunk).length
  }
  await expect(reading()).rejects.toMatchObject({ kind: 'unavailable' })
  expect(given).toBeGreaterThan(0)
})

test('an injected fault before the effect leaves nothing, after it leaves the effect', async () => {
  const server = new MemoryDatabaseServer()
  const request = aSiteRequest()
  server.faults.inject('ensureSiteDatabase')
  await expect(server.ensureSiteDatabase(request)).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  expect((await server.describe()).databases).toEqual([])
  server.faults.inject('ensureSiteDatabase', { when: 'after' })
  await expect(server.ensureSiteDatabase(request)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(await server.ensureSiteDatabase(request)).toEqual({ created: false })
})

test('a half-dropped database is made again', async () => {
  const server = new MemoryDatabaseServer()
  const request = aSiteRequest()
  await server.ensureSiteDatabase(request)
  server.halfDrop(request.name)
  expect((await server.describe()).databases[0]).toMatchObject({ halfDropped: true })
  expect(await server.ensureSiteDatabase(request)).toEqual({ created: true })
})

test('only sessions with the prefix end, and the excepted one stays', async () => {
  const server = new MemoryDatabaseServer()
  for (const session of ['op:a:1', 'op:a:2', 'op:b:1']) server.leaveSession(session)
  expect(await server.endSessions('op:a:', 'op:a:2')).toBe(1)
  expect(await server.endSessions('op:')).toBe(2)
})
