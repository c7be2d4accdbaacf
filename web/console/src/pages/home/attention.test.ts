import { expect, test } from 'vitest'
import type { Operation, Site } from '../../api/types.ts'
import { operationsInTrouble, runningOperations, sitesWithoutBackup } from './attention.ts'

const now = Date.parse('2026-11-28T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString()

const operation = (state: Operation['state'], hours: number, type = 'back-up-site', subject = 'shop'): Operation => ({
  id: `${type} ${subject} ${state} ${hours}`,
  type,
  state,
  subject: { kind: 'site', id: subject, label: subject },
  actor: null,
  createdAt: hoursAgo(hours),
  startedAt: null,
  endedAt: null,
  progress: 0,
  cancellable: false,
  cancelRequested: false,
  problem: null,
  actions: [],
  steps: [],
})

const site = (name: string, state: string, createdHoursAgo: number, backupHoursAgo: number | null) =>
  ({
    name,
    state,
    createdAt: hoursAgo(createdHoursAgo),
    lastVerifiedBackupAt: backupHoursAgo === null ? null : hoursAgo(backupHoursAgo),
  }) as Site // as much of a site as is looked at

test('a failed operation waits for a day, a stuck one until it is dealt with', () => {
  const stuck = operation('needs-attention', 400)
  const failed = operation('failed', 23)
  expect(operationsInTrouble([failed, operation('failed', 25), operation('succeeded', 2, 'a'), stuck], now)).toEqual([
    failed,
    stuck,
  ])
})

test('a failure is over once the same has succeeded for the same site', () => {
  const other = operation('failed', 3, 'back-up-site', 'blog')
  expect(operationsInTrouble([operation('succeeded', 1), other, operation('failed', 2)], now)).toEqual([other])
})

test('a site without a proven backup of the last day is named, a new or an archived one is not', () => {
  const sites = [
    site('old', 'active', 400, 30),
    site('never', 'suspended', 27, null),
    site('fine', 'active', 400, 5),
    site('new', 'active', 3, null),
    site('gone', 'archived', 400, 200),
  ]
  expect(sitesWithoutBackup(sites, now).map(({ name }) => name)).toEqual(['old', 'never'])
})

test('what has not ended is running', () => {
  const undoing = operation('undoing', 1)
  expect(runningOperations([operation('succeeded', 1), undoing])).toEqual([undoing])
})
