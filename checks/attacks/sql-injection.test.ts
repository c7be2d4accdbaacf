import { createServer } from 'node:http'
import { once } from 'node:events'
import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { managerStage, type ManagerStage } from '../fuzz/manager-stage.ts'
import { siteStage, type SiteStage } from '../fuzz/site-stage.ts'
import { isFullForm } from './config.ts'
import { managerTargets, sampleOf, siteTargets } from './injection-targets.ts'
import { askSqlmap, isSqlmapHere } from './sqlmap.ts'

let manager: ManagerStage
let site: SiteStage
beforeAll(async () => {
  ;[manager, site] = await Promise.all([managerStage(), siteStage()])
})
afterAll(async () => {
  await manager.close()
  await site.close()
})

// Where it cannot be installed; CI is root and counts a skipped test as failed.
describe.skipIf(!(await isSqlmapHere()))('sqlmap (attack 1)', { timeout: 600_000 }, () => {
  test('finds no way into the SQL of manager and site, through lists, addresses, bodies and keys', async () => {
    const all = [...(await managerTargets(manager)), ...(await siteTargets(site))]
    const targets = isFullForm() ? all : sampleOf(all)
    expect(targets.length).toBeGreaterThanOrEqual(2)
    const queue = [...targets]
    const worker = async (): Promise<void> => {
      for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
        const { isInjectable, hasDecided, output } = await askSqlmap(target)
        console.log(`${target.place}: ${isInjectable ? 'INJECTABLE' : 'not injectable'}`)
        expect({ place: target.place, isInjectable, hasDecided }, output.slice(-3000)).toEqual({
          place: target.place,
          isInjectable: false,
          hasDecided: true,
        })
      }
    }
    await Promise.all([worker(), worker()])
  })

  test('finds the way in where one was planted', async () => {
    const server = createServer((request, response) => {
      const name = new URL(request.url ?? '', 'http://x').searchParams.get('name') ?? ''
      void sql
        .raw(`SELECT name FROM manager.plans WHERE name = '${name}'`)
        .execute(manager.platform.workerDb)
        .then(
          ({ rows }) => response.end(JSON.stringify(rows)),
          (error: unknown) => response.writeHead(500).end(String(error)),
        )
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const { isInjectable, output } = await askSqlmap({ url: `http://127.0.0.1:${port}/?name=starter*` })
    server.close()
    expect(isInjectable, output.slice(-3000)).toBe(true)
  })
})
