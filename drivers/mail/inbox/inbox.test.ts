import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { aMail, mailerConformance } from '../conformance.ts'
import { InboxMailer, type InboxOptions } from './driver.ts'

const directories: TemporaryDirectory[] = []
let directory: string

const from = 'platen@example.org'

async function freshDirectory(): Promise<string> {
  const made = await temporaryDirectory()
  directories.push(made)
  return join(made.path, 'inbox')
}

beforeEach(async () => {
  directory = await freshDirectory()
})
afterAll(() => Promise.all(directories.map((made) => made.remove())))

mailerConformance('inbox', async () => {
  const mailer = new InboxMailer({ directory: await freshDirectory(), from })
  return {
    mailer,
    async arrived() {
      const { items } = await mailer.list({ limit: 1000 })
      const mails = await Promise.all(items.toReversed().map(({ id }) => mailer.read(id)))
      return mails.map(({ id: _id, from: _from, receivedAt: _at, ...mail }) => mail)
    },
    close: () => mailer.close(),
  }
})

describe('inbox', () => {
  /** An inbox whose clock goes a second forward with every look. */
  function anInbox(options: Partial<InboxOptions> = {}): InboxMailer {
    let seconds = 0
    return new InboxMailer({ directory, from, now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++)), ...options })
  }

  test('lists the newest first, page by page, and reads one', async () => {
    const inbox = anInbox()
    for (const subject of ['first', 'second', 'third']) await inbox.send(aMail({ subject }))
    const { items, total } = await inbox.list({ limit: 2 })
    expect([total, items.map(({ subject }) => subject)]).toEqual([3, ['third', 'second']])
    const rest = await inbox.list({ after: items[1]?.id ?? '' })
    expect(rest.items.map(({ subject }) => subject)).toEqual(['first'])
    expect(await inbox.read(items[0]?.id ?? '')).toMatchObject({ subject: 'third', from })
  })

  test('a mail that was removed is not found, and removing it again succeeds', async () => {
    const inbox = anInbox()
    await inbox.send(aMail())
    const id = (await inbox.list()).items[0]?.id ?? ''
    await inbox.remove(id)
    await inbox.remove(id)
    await expect(inbox.read(id)).rejects.toMatchObject({ kind: 'not-found' })
    expect(await inbox.list()).toEqual({ items: [], total: 0 })
  })

  test.each(['../../etc/passwd', '', 'x', '0'.repeat(33), '..'])('no id leads out of the inbox: %j', async (id) => {
    const inbox = anInbox()
    await expect(inbox.read(id)).rejects.toMatchObject({ kind: 'not-found' })
    await inbox.remove(id)
  })

  test('keeps as many mails as allowed, the newest', async () => {
    const inbox = anInbox({ maxMails: 3 })
    for (let index = 0; index < 10; index++) await inbox.send(aMail({ subject: `mail ${index}` }))
    expect((await inbox.list()).items.map(({ subject }) => subject)).toEqual(['mail 9', 'mail 8', 'mail 7'])
  })

  test('keeps as many bytes as allowed, and the last mail even if it alone is more', async () => {
    const inbox = anInbox({ maxBytes: 30_000 })
    for (let index = 0; index < 5; index++)
      await inbox.send(aMail({ text: 'x'.repeat(10_000), subject: `mail ${index}` }))
    expect((await inbox.list()).items.map(({ subject }) => subject)).toEqual(['mail 4', 'mail 3'])
    await inbox.send(aMail({ text: 'x'.repeat(100_000), subject: 'large' }))
    expect((await inbox.list()).items.map(({ subject }) => subject)).toEqual(['large'])
  })

  test('files are readable by us only', async () => {
    await anInbox().send(aMail())
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  })

  test('two processes with one inbox keep a mail once', async () => {
    const mail = aMail()
    const results = await Promise.all([anInbox().send(mail), anInbox().send(mail), anInbox().send(mail)])
    expect(results.map(({ accepted }) => accepted).toSorted()).toEqual(['before', 'before', 'now'])
    expect((await anInbox().list()).total).toBe(1)
  })

  test('what a killed process left behind is no mail, and goes when it is old', async () => {
    const inbox = anInbox()
    await inbox.send(aMail())
    await writeFile(join(directory, '.incoming-old'), '{')
    await writeFile(join(directory, '.incoming-young'), '{')
    await utimes(join(directory, '.incoming-old'), 0, 0)
    await inbox.send(aMail())
    expect((await inbox.list()).total).toBe(2)
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual(['.incoming-young'])
  })

  test('a damaged file is left out of the list and told when it is read', async () => {
    const inbox = anInbox()
    await inbox.send(aMail())
    const id = 'f'.repeat(32)
    await writeFile(join(directory, `${id}.json`), '{"to":')
    expect((await inbox.list()).items).toHaveLength(1)
    await expect(inbox.read(id)).rejects.toMatchObject({ kind: 'protocol' })
  })

  test('a directory that cannot be used is not ok, and sending fails without losing its kind', async () => {
    await mkdir(join(directory, '..'), { recursive: true })
    await writeFile(directory, 'a file in its place')
    await chmod(directory, 0o600)
    expect(await anInbox().check()).toMatchObject({ ok: false })
    await expect(anInbox().send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('checking leaves nothing behind', async () => {
    const inbox = anInbox()
    expect(await inbox.check()).toMatchObject({ ok: true })
    expect(await readdir(directory)).toEqual([])
  })
})
