import { rows, sql, type Db } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readApiDocument } from '../fuzz/api-document.ts'
import { managerStage, type ManagerStage } from '../fuzz/manager-stage.ts'
import { siteStage, type SiteStage } from '../fuzz/site-stage.ts'

const absent = '01990000-0000-7000-8000-000000000001'
/** A refusal names fifty places at most. */
const atOnce = 45

describe.each(['manager', 'site'] as const)('a body of the %s (attack 25)', (kind) => {
  let stage: ManagerStage | SiteStage
  beforeAll(async () => {
    stage = kind === 'manager' ? await managerStage() : await siteStage()
  })
  afterAll(() => stage.close())

  test('with any column of any table that the route does not take is refused, and the field is named', async () => {
    const { db } = 'platform' in stage ? stage.platform.database : stage.site.database
    const columns = await columnsOf(db)
    expect(columns).toEqual(expect.arrayContaining(['tenantId', 'tenant_id', 'operator', 'passwordHash']))
    const token = await (stage.people['operator'] ?? stage.people['gerant'])?.signIn()
    const { operations } = await readApiDocument(kind)
    const accepted: string[] = []
    for (const { name, method, path, body } of operations) {
      if (body === undefined) continue
      const foreign = columns.filter((column) => body.properties?.[column] === undefined)
      for (let from = 0; from < foreign.length; from += atOnce) {
        const fields = foreign.slice(from, from + atOnce)
        const answer = await stage.app.inject({
          method,
          url: path.replaceAll(/\{\w+\}/g, absent),
          headers: { host: stage.host, authorization: `Bearer ${token}` },
          payload: Object.fromEntries(fields.map((field) => [field, 'x'])),
        })
        const unnamed = fields.filter(
          (field) => !answer.body.includes(`"pointer":"/${field}","message":"This field is not known here."`),
        )
        if (answer.statusCode !== 422 || (unnamed.length > 0 && body.anyOf === undefined))
          accepted.push(`${name}: ${answer.statusCode} ${unnamed.join(' ')} ${answer.body.slice(0, 300)}`)
      }
    }
    expect(accepted).toEqual([])
  })
})

/** As the database writes them and as the API would. */
async function columnsOf(db: Db): Promise<string[]> {
  const found = await rows(
    db,
    sql<{ name: string }>`SELECT DISTINCT column_name AS name FROM information_schema.columns
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'graphile_worker') ORDER BY 1`,
  )
  const camel = (name: string) => name.replaceAll(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
  return [...new Set(found.flatMap(({ name }) => [name, camel(name)]))]
}
