import { inspect } from 'node:util'
import { Secret } from '@platen/kit/secrets'
import { eventually } from '@platen/kit/testing'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MemoryCertificates } from '../../certificates/index.ts'
import { aMail, mailerConformance } from '../conformance.ts'
import { SmtpMailer, type SmtpMailerOptions } from './driver.ts'
import type { SmtpRelay } from './relay.ts'
import { rawListener, relayPassword, relayServer, relayUser, type RelayServer } from './testing/relay-server.ts'

const from = 'platen@example.org'
const credentials = { user: relayUser, password: new Secret(relayPassword) }
const open: { close(): Promise<void> }[] = []
let tls: { cert: string; key: string; ca: string }
let otherTls: typeof tls

beforeAll(async () => {
  const authority = new MemoryCertificates({ zone: 'localhost' })
  const { certificatePem } = await authority.ensureAuthority()
  const issue = async (names: string[]) => {
    const { certificatePem: cert, privateKeyPem } = await authority.issue({ names, days: 30 })
    return { cert, key: privateKeyPem.expose(), ca: certificatePem }
  }
  tls = await issue(['localhost', '127.0.0.1'])
  otherTls = await issue(['other.localhost'])
})
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function aRelay(options: SMTPServerOptions = {}): Promise<RelayServer> {
  const relay = await relayServer(options)
  open.push(relay)
  return relay
}

function aMailer(port: number, relay: Partial<SmtpRelay> = {}, options: Partial<SmtpMailerOptions> = {}): SmtpMailer {
  const mailer = new SmtpMailer({ relay: { host: '127.0.0.1', port, encryption: 'none', ...relay }, from, ...options })
  open.push(mailer)
  return mailer
}

const quick = { timeouts: { connectMs: 300, greetingMs: 300, silenceMs: 300, callMs: 800 } }

async function failureOf(sending: Promise<unknown>): Promise<unknown> {
  return sending.then(
    () => expect.fail('it was sent'),
    (error: unknown) => error,
  )
}

mailerConformance('smtp', async () => {
  const relay = await relayServer({ hideSTARTTLS: true })
  const mailer = new SmtpMailer({ relay: { host: '127.0.0.1', port: relay.port, encryption: 'none' }, from })
  return {
    mailer,
    arrived: () => relay.arrived(),
    async close() {
      await mailer.close()
      await relay.close()
    },
  }
})

describe('what a relay sees', () => {
  test('the envelope names sender and recipient, the header says that a machine wrote it', async () => {
    const relay = await aRelay()
    await aMailer(relay.port).send(aMail({ to: 'a@example.org' }))
    expect(relay.envelopes).toEqual([{ from, to: ['a@example.org'], secure: false, user: undefined }])
    expect(relay.raw[0]?.toString()).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  })

  test('hundred mails go through two connections, which are given back on closing', async () => {
    const relay = await aRelay()
    const mailer = aMailer(relay.port)
    let most = 0
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        await mailer.send(aMail())
        most = Math.max(most, relay.connections())
      }),
    )
    expect([relay.raw.length, most]).toEqual([100, 2])
    await mailer.close()
    await eventually(() => relay.connections() === 0)
  })

  test('closing waits for the mail that is on its way', async () => {
    const gate = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const relay = await aRelay({
      onData(stream, _session, callback) {
        stream.resume()
        arrived.resolve()
        void gate.promise.then(() => callback(null, 'kept'))
      },
    })
    const mailer = aMailer(relay.port)
    const sending = mailer.send(aMail())
    await arrived.promise
    const closing = mailer.close()
    gate.resolve()
    await closing
    expect(await sending).toMatchObject({ accepted: 'now' })
    await eventually(() => relay.connections() === 0)
  })
})

describe('TLS', () => {
  test('with STARTTLS nothing is said in clear, password included', async () => {
    const relay = await aRelay({ ...tls, authOptional: false })
    const secure = { encryption: 'starttls', ...credentials } as const
    await aMailer(relay.port, secure, { authorityPem: tls.ca }).send(aMail())
    expect(relay.envelopes).toMatchObject([{ secure: true, user: relayUser }])
  })

  test('TLS from the first byte', async () => {
    const relay = await aRelay({ ...tls, secure: true })
    await aMailer(relay.port, { encryption: 'tls', ...credentials }, { authorityPem: tls.ca }).send(aMail())
    expect(relay.envelopes).toMatchObject([{ secure: true, user: relayUser }])
  })

  test('a relay that does not offer STARTTLS gets neither mail nor password', async () => {
    let asked = false
    const onAuth: SMTPServerOptions['onAuth'] = (_auth, _session, callback) => {
      asked = true
      callback(null, { user: 'anybody' })
    }
    const relay = await aRelay({ hideSTARTTLS: true, allowInsecureAuth: true, onAuth })
    const mailer = aMailer(relay.port, { encryption: 'starttls', ...credentials })
    await expect(mailer.send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
    expect([asked, relay.raw.length]).toEqual([false, 0])
  })

  test.each(['tls', 'starttls'] as const)(
    'a certificate that nobody vouches for is not trusted: %s',
    async (encryption) => {
      const relay = await aRelay({ ...tls, secure: encryption === 'tls' })
      const mailer = aMailer(relay.port, { encryption, ...credentials })
      const error = await failureOf(mailer.send(aMail()))
      expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/certificate/) })
      expect(await mailer.check()).toMatchObject({ ok: false })
      expect(relay.raw).toEqual([])
    },
  )

  test('a certificate for another name is not trusted', async () => {
    const relay = await aRelay({ ...otherTls, secure: true })
    const mailer = aMailer(relay.port, { encryption: 'tls' }, { authorityPem: tls.ca })
    const error = await failureOf(mailer.send(aMail()))
    expect(error).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining("does not match certificate's altnames"),
    })
    expect(relay.raw).toEqual([])
  })
})

describe('refusals', () => {
  test('a wrong password is unauthorized, and nothing that is printed holds a password', async () => {
    const relay = await aRelay({ allowInsecureAuth: true })
    const password = 'another password 123'
    const mailer = aMailer(relay.port, { user: relayUser, password: new Secret(password) })
    const error = await failureOf(mailer.send(aMail()))
    expect(error).toMatchObject({ kind: 'unauthorized', retryable: false })
    const printed = inspect([error, mailer, await mailer.check(), await mailer.describe()], {
      depth: 20,
      showHidden: true,
    })
    expect(printed).toContain('[redacted]')
    expect(printed).not.toContain(password)
    expect(printed).not.toContain(Buffer.from(`\0${relayUser}\0${password}`).toString('base64'))
    expect(await mailer.check()).toMatchObject({ ok: false })
  })

  const statuses = [
    ['onMailFrom', 451, 'unavailable'],
    ['onRcptTo', 450, 'unavailable'],
    ['onRcptTo', 550, 'refused'],
    ['onMailFrom', 530, 'unauthorized'],
    ['onMailFrom', 553, 'refused'],
    ['onData', 452, 'unavailable'],
    ['onData', 554, 'refused'],
    ['onAuth', 454, 'unavailable'],
    ['onAuth', 535, 'unauthorized'],
    ['onConnect', 421, 'unavailable'],
  ] as const
  test.each(statuses)(
    '%s answered with %i is %s, and the next mail is tried anew',
    async (hook, responseCode, kind) => {
      let isRefusing = true
      const refuse = (callback: (error?: Error | null) => void): void =>
        callback(isRefusing ? Object.assign(new Error('not now'), { responseCode }) : null)
      const relay = await aRelay({
        allowInsecureAuth: true,
        ...(hook === 'onData'
          ? {
              onData: (stream, _session, callback) => {
                stream.resume().once('end', () => refuse(callback))
              },
            }
          : hook === 'onAuth'
            ? { onAuth: (_auth, _session, callback) => refuse((error) => callback(error, { user: 'x' })) }
            : hook === 'onConnect'
              ? { onConnect: (_session, callback) => refuse(callback) }
              : { [hook]: (_address: unknown, _session: unknown, callback: () => void) => refuse(callback) }),
      })
      const mailer = aMailer(relay.port, credentials)
      const mail = aMail()
      expect(await failureOf(mailer.send(mail))).toMatchObject({ kind, retryable: kind === 'unavailable' })
      isRefusing = false
      expect(await mailer.send(mail)).toMatchObject({ accepted: 'now' })
    },
  )

  test('a mail larger than the relay takes is refused', async () => {
    const relay = await aRelay({ size: 10_000 })
    await expect(aMailer(relay.port).send(aMail({ text: 'x'.repeat(20_000) }))).rejects.toMatchObject({
      kind: 'refused',
    })
  })
})

describe('a relay that is not well', () => {
  test('nobody listens', async () => {
    const gone = await rawListener(() => {})
    await gone.close()
    const mailer = aMailer(gone.port)
    await expect(mailer.send(aMail())).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
    expect(await mailer.check()).toMatchObject({ ok: false })
  })

  test('it accepts the connection and says nothing (half-open): we give up', async () => {
    const silent = await rawListener(() => {})
    open.push(silent)
    const mailer = aMailer(silent.port, {}, quick)
    await expect(mailer.send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await mailer.check()).toMatchObject({ ok: false })
  })

  test('it falls silent after the mail: we give up, and do not know', async () => {
    const relay = await aRelay({ onData: (stream) => void stream.resume() })
    await expect(aMailer(relay.port, {}, quick).send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('it trickles for ever, never silent for long: the call has an end all the same', async () => {
    const trickling = await rawListener((socket) => {
      const timer = setInterval(() => socket.write('220-patience\r\n'), 50)
      socket.once('close', () => clearInterval(timer))
    })
    open.push(trickling)
    const startedMs = performance.now()
    await expect(aMailer(trickling.port, {}, quick).send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })

  test('it is slow but comes to an end: the mail is sent', async () => {
    const slowly = (work: () => void): void => void setTimeout(work, 150)
    const relay = await aRelay({
      onConnect: (_session, callback) => slowly(callback),
      onMailFrom: (_address, _session, callback) => slowly(callback),
      onRcptTo: (_address, _session, callback) => slowly(callback),
    })
    const mailer = aMailer(relay.port)
    expect(await mailer.send(aMail())).toMatchObject({ accepted: 'now' })
  })

  test('it hangs up once it has the mail: we do not know, and do not send it again by ourselves', async () => {
    let received = 0
    const relay: RelayServer = await aRelay({
      onData(stream) {
        stream.resume().once('end', () => {
          received += 1
          relay.hangUp()
        })
      },
    })
    await expect(aMailer(relay.port).send(aMail())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(received).toBe(1)
  })

  test('an idle connection that it has closed costs no mail', async () => {
    const relay = await aRelay()
    const mailer = aMailer(relay.port)
    await mailer.send(aMail())
    relay.hangUp()
    expect(await mailer.send(aMail())).toMatchObject({ accepted: 'now' })
    expect(relay.raw).toHaveLength(2)
  })

  test('it is no relay at all', async () => {
    const web = await rawListener((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    open.push(web)
    await expect(aMailer(web.port).send(aMail())).rejects.toMatchObject({ kind: 'protocol' })
  })

  test('the caller gives up in the middle', async () => {
    const arrived = Promise.withResolvers<void>()
    const relay = await aRelay({
      onData(stream) {
        stream.resume()
        arrived.resolve()
      },
    })
    const controller = new AbortController()
    const mail = aMail()
    const sending = failureOf(aMailer(relay.port).send(mail, { signal: controller.signal }))
    await arrived.promise
    controller.abort()
    expect(await sending).toMatchObject({ kind: 'unavailable' })
    await eventually(() => relay.connections() === 0)
  })
})
