/**
 * 100 rounds (or as many as the first argument says) of 50 clients submitting an order for the last unit, through the
 * real server and a real database. Prints one line per ten rounds and exits with 1 when any round sold more or less
 * than the unit there was.
 *
 *   PLATEN_TEST_POSTGRES='{"host":...}' node business/commerce/bench/last-unit.ts [rounds]
 *
 * Without the variable, `npx vitest run business/commerce/stock/last-unit.test.ts` runs 20 rounds on a server of its own.
 */
import { lastUnitRound } from '../testing/last-unit.ts'
import { openTestSite } from '../testing/site.ts'

const CLIENTS = 50
const rounds = Number(process.argv[2] ?? 100)
const site = await openTestSite()
const lastedMs: number[] = []
let wrong = 0
for (let round = 1; round <= rounds; round += 1) {
  const result = await lastUnitRound(site, CLIENTS)
  const isRight =
    result.statuses.filter((status) => status === 200).length === 1 &&
    result.refusals.filter((code) => code === 'stock-insufficient').length === CLIENTS - 1 &&
    result.onHand === '1' &&
    result.reserved === '1' &&
    result.submitted === 1 &&
    result.numbers === 1 &&
    result.activeReservations === 1 &&
    result.events === 2
  if (!isRight) {
    wrong += 1
    process.stderr.write(`round ${round} is wrong: ${JSON.stringify(result)}\n`)
  }
  lastedMs.push(result.lastedMs)
  if (round % 10 === 0)
    process.stdout.write(`${round} rounds, ${wrong} wrong, last took ${result.lastedMs.toFixed(0)} ms\n`)
}
await site.close()
const sorted = lastedMs.toSorted((left, right) => left - right)
const median = sorted[Math.floor(sorted.length / 2)] ?? 0
process.stdout.write(
  `${rounds} rounds of ${CLIENTS} clients: ${wrong} wrong; median ${median.toFixed(0)} ms per round\n`,
)
process.exitCode = wrong === 0 ? 0 : 1
