import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stockTruth } from '../testing/invariants.ts'
import { lastUnitRound } from '../testing/last-unit.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'

const CLIENTS = 50
const ROUNDS = 20

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

describe('the last unit', () => {
  it(`T1, T5: of ${CLIENTS} clients one gets it and the others leave no trace, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { statuses, refusals, lastedMs: _lastedMs, ...facts } = await lastUnitRound(site, CLIENTS)
      expect(statuses.filter((status) => status === 200)).toHaveLength(1)
      expect(refusals).toEqual(Array.from({ length: CLIENTS - 1 }, () => 'stock-insufficient'))
      expect(facts).toEqual({ onHand: '1', reserved: '1', submitted: 1, numbers: 1, activeReservations: 1, events: 2 })
    }
    expect(await stockTruth(site.database.db)).toMatchObject({
      balances: BigInt(ROUNDS),
      wrongOnHand: 0n,
      wrongReserved: 0n,
    })
  }, 180_000)
})
