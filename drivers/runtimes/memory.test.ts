import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { expect, test } from 'vitest'
import { runtimeConformance } from './conformance.ts'
import { MemoryRuntime } from './memory.ts'

let databases = 0
const aDatabase = () => ({ database: `d${(databases += 1)}`, user: 'u', password: new Secret('p') })

runtimeConformance('memory', async () => {
  const runtime = new MemoryRuntime('feedfacefeedface', { knowsOnlySeeded: true })
  return {
    runtime,
    emptyDatabase: async () => aDatabase(),
    async clone(connection) {
      const copy = aDatabase()
      runtime.cloneDatabase(connection.database, copy.database)
      return copy
    },
    serve: async () => {},
    close: async () => {},
  }
})

test('an injected fault after the effect leaves the effect', async () => {
  const runtime = new MemoryRuntime()
  const connection = aDatabase()
  const request = { siteId: newId(), connection, email: 'anne@example.fr', name: 'Anne' }
  runtime.faults.inject('seedAdministrator', { when: 'after' })
  await expect(runtime.seedAdministrator(request)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(runtime.administrators.get(connection.database)).toBe('anne@example.fr')
})
