import { expect, test } from 'vitest'
import type { AlertWebhook, DiagnosisCheck } from '../../openapi/manager.ts'
import { toLine } from './platform-checks.ts'
import { bytes } from './print.ts'
import { storageOf } from './site-commands.ts'
import { webhookLines } from './webhook-commands.ts'

test.each<[Pick<DiagnosisCheck, 'ok' | 'severity' | 'whatToDo'>, object]>([
  [
    { ok: true, severity: 'info', whatToDo: null },
    { level: 'ok', detail: 'Seen.' },
  ],
  [
    { ok: true, severity: 'info', whatToDo: 'Keep a copy.' },
    { level: 'info', detail: 'Seen. Keep a copy.' },
  ],
  [
    { ok: false, severity: 'warning', whatToDo: 'Mend it.' },
    { level: 'warning', detail: 'Seen. Mend it.' },
  ],
  [
    { ok: false, severity: 'critical', whatToDo: 'Mend it.' },
    { level: 'critical', detail: 'Seen. Mend it.' },
  ],
])('what the platform finds is a line of the doctor: %j', (found, line) => {
  expect(toLine({ name: 'disk', detail: 'Seen.', ...found })).toEqual({ check: 'platform disk', ...line })
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [12_345_678, '12.3 MB'],
  [1_000_000_000, '1 GB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text)
})

test('a site takes so much of what its plan holds, once it was measured', () => {
  const plan = { id: '1', name: 'starter', title: 'Starter', maxStorageBytes: 1_000_000_000 }
  const usage = { databaseBytes: 12_000_000, filesBytes: 500_000, measuredAt: '2026-11-20T12:00:00Z' }
  expect(storageOf({ plan, usage })).toBe('12.5 MB of 1 GB')
  expect(storageOf({ plan, usage: null })).toBe('- of 1 GB')
})

test('webhooks are a table with how the last delivery went', () => {
  const webhook = {
    id: '1',
    url: 'https://example.org/',
    signed: true,
    createdBy: 'ada@example.org',
    createdAt: '2026-11-20T12:00:00Z',
  }
  const lastDelivery: AlertWebhook['lastDelivery'] = {
    state: 'retrying',
    status: 500,
    detail: 'Status 500.',
    at: '2026-11-20T12:01:00Z',
  }
  const [, fresh, told] = webhookLines([
    { ...webhook, lastDelivery: null },
    { ...webhook, lastDelivery },
  ])
  expect(fresh).toMatch(/https:\/\/example\.org\/ +yes +- +-$/)
  expect(told).toMatch(/yes +retrying +2026-11-20T12:01:00Z +Status 500\.$/)
  expect(webhookLines([])[0]).toContain('alert webhook add')
})
