import { expect, test } from 'vitest'
import { aMail, mailerConformance } from './conformance.ts'
import { MemoryMailer } from './memory.ts'

mailerConformance('memory', async () => {
  const mailer = new MemoryMailer()
  return { mailer, arrived: async () => mailer.sent, close: () => mailer.close() }
})

test('a fault after sending is the lost answer: repeating it sends nothing more', async () => {
  const mailer = new MemoryMailer()
  const mail = aMail()
  mailer.faults.inject('send', { when: 'after' })
  await expect(mailer.send(mail)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(await mailer.send(mail)).toMatchObject({ accepted: 'before' })
  expect(mailer.sent).toEqual([mail])
})

test('an injected failure shows in the health', async () => {
  const mailer = new MemoryMailer()
  mailer.faults.inject('check')
  expect(await mailer.check()).toMatchObject({ ok: false, detail: 'injected failure of check' })
})
