import { readFileSync } from 'node:fs'
import { newId } from '@platen/kit/ids'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import type { TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { alertKinds, docsPageOf } from './alert-kinds.ts'
import { raiseAlert, resolveAlert } from './alert-store.ts'

let platform: TestPlatform
let api: TestApi
let operator: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const get = (path: string) => api.call({ method: 'GET', path, as: operator })
const asWorker = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)
const raise = (id: string) =>
  asWorker((tx) =>
    raiseAlert(tx, { kind: 'site-unreachable', subject: { kind: 'site', id, label: id }, detail: 'Status 502.' }),
  )

describe('alerts', () => {
  test('are listed newest first by state, page by page, each with what to do and where more is written', async () => {
    for (const id of ['first', 'second', 'third']) await raise(id)
    await asWorker((tx) => resolveAlert(tx, 'site-unreachable:site/second'))
    const { body } = await get('/alerts?filter[state]=open&limit=1')
    expect(body.items).toMatchObject([
      {
        kind: 'site-unreachable',
        severity: 'critical',
        state: 'open',
        subject: { kind: 'site', id: 'third', label: 'third' },
        detail: 'Status 502.',
        whatToDo: alertKinds['site-unreachable'].whatToDo,
        docsPage: 'docs/operate/alerts/site-unreachable.md',
        acknowledgement: null,
      },
    ])
    const rest = await get(`/alerts?filter[state]=open&cursor=${body.nextCursor ?? ''}`)
    expect(rest.body.items).toMatchObject([{ subject: { id: 'first' } }])
    expect(rest.body.nextCursor).toBeNull()
    expect((await get('/alerts?filter[state]=resolved')).body.items).toMatchObject([{ subject: { id: 'second' } }])
    expect((await get('/alerts')).body.items).toHaveLength(3)
  })

  test('are acknowledged by the first who does, once in the audit trail, and stay open', async () => {
    const id = await raise(newId())
    const second = await api.person({ role: 'owner', operator: true })
    const acknowledge = (as: TestPerson) => api.call({ method: 'PUT', path: `/alerts/${id}/acknowledgement`, as })
    expect(await acknowledge(operator)).toMatchObject({ status: 200, body: { state: 'open' } })
    expect((await acknowledge(second)).body).toMatchObject({ acknowledgement: { by: operator.email } })
    const audited = await rows(
      platform.database.db,
      sql`SELECT actor_label, resource_id FROM identity.audit_entries WHERE action = 'alert.acknowledged'`,
    )
    expect(audited).toEqual([{ actor_label: operator.email, resource_id: id }])
  })
})

describe('mails', () => {
  test('a test mail is in the inbox, is listed without its text and read as text', async () => {
    expect(await api.call({ method: 'POST', path: '/alerts/test-mail', as: operator })).toMatchObject({
      status: 200,
      body: { to: operator.email, target: 'the inbox in the console' },
    })
    const { body } = await get('/mails')
    expect(body).toMatchObject({ kept: true, items: [{ to: operator.email, tag: 'test' }] })
    expect(JSON.stringify(body)).not.toContain('somebody asked')
    const mail = await get(`/mails/${body.items[0]?.id ?? ''}`)
    expect(mail).toMatchObject({ status: 200, body: { text: expect.stringContaining('somebody asked') } })
  })

  test('the HTML of a mail is never given out', async () => {
    const html = '<script>alert(1)</script>'
    await api.parts.mailer.send({
      to: operator.email, subject: 'x', text: 'plain', html, messageId: `${newId()}@test`, tag: 'test',
    }) // prettier-ignore
    const { body } = await get('/mails?limit=1')
    expect(body.nextCursor).toBe(body.items[0]?.id)
    expect((await get(`/mails/${body.items[0]?.id ?? ''}`)).text).not.toContain('script')
  })

  test.each(['x', '0'.repeat(64)])('no id leads out of the inbox: %s', async (id) => {
    expect(await get(`/mails/${id}`)).toMatchObject({ status: 404, body: { code: 'mail-not-found' } })
  })
})

test.each(Object.keys(alertKinds))('%s has its page, with what happened, why and what to do', (kind) => {
  const page = readFileSync(new URL(`../../../${docsPageOf(kind)}`, import.meta.url), 'utf8')
  for (const heading of [`# ${kind}`, '## What happened', '## Why', '## What to do']) expect(page).toContain(heading)
})
