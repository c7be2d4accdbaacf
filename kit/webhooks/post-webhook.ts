import { lookup as resolveName } from 'node:dns'
import { request as requestInClear, type IncomingMessage } from 'node:http'
import { request as requestEncrypted } from 'node:https'
import type { LookupFunction } from 'node:net'
import { addressRefusal, ipRefusal, type AddressRule } from './webhook-address.ts'

const defaultTimeoutMs = 10_000
const prefixBytes = 1_024
const prefixCharacters = 200

export interface PostOutcome {
  ok: boolean
  /** Null where nobody answered. */
  status: number | null
  /** In a sentence, with the beginning of an answer that was not a yes. */
  detail: string
}

export interface PostOptions {
  /** Where it may lead; the addresses that a name has at this moment are looked at. */
  rule: AddressRule
  signal: AbortSignal
  timeoutMs?: number
  /** Default: that of the system. */
  resolve?: typeof resolveName
}

/** One attempt. Follows no redirect, resolves the name itself, and reads no more of the answer than what it shows. Never rejects. */
export async function postWebhook(
  message: { url: string; headers: Record<string, string>; body: string },
  { rule, signal, timeoutMs = defaultTimeoutMs, resolve: resolveWith = resolveName }: PostOptions,
): Promise<PostOutcome> {
  const refusal = addressRefusal(message.url, rule)
  if (refusal !== undefined) return nobody(refusal)
  const url = new URL(message.url)
  const request = url.protocol === 'https:' ? requestEncrypted : requestInClear
  const deadline = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve) => {
    let isAnswered = false
    const sent = request(
      url,
      {
        method: 'POST',
        headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
        lookup: lookupFor(url.protocol, rule, resolveWith),
        agent: false,
        signal: AbortSignal.any([signal, deadline]),
      },
      (response) => {
        isAnswered = true
        void judge(response).then(resolve)
      },
    )
    sent.on('error', (error) => {
      if (isAnswered) return
      resolve(nobody(deadline.aborted ? `No answer within ${timeoutMs / 1000} seconds.` : sentenceOf(error)))
    })
    sent.end(message.body)
  })
}

const nobody = (detail: string): PostOutcome => ({ ok: false, status: null, detail })

/** Where a name has several addresses, each has failed in its own way: the first is told. */
const sentenceOf = (error: Error): string =>
  shown(error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : error.message)

/** Never rejects. */
async function judge(response: IncomingMessage): Promise<PostOutcome> {
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) {
    response.destroy()
    return { ok: true, status, detail: `Status ${status}.` }
  }
  const answer = shown(await beginningOf(response))
  const why = status >= 300 && status < 400 ? 'redirects are not followed.' : answer
  return { ok: false, status, detail: why === '' ? `Status ${status}.` : `Status ${status}: ${why}` }
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let bytes = Buffer.alloc(0)
  try {
    // No encoding is set, so the stream gives buffers.
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk.subarray(0, prefixBytes)])
      if (bytes.length >= prefixBytes) break
    }
  } catch {
    // What came before it broke off says enough.
  }
  return bytes.toString('utf8')
}

const shown = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .slice(0, prefixCharacters)
    .toWellFormed()

/** The addresses that the connection is then made to: what a name answers to somebody who asks later does not matter. */
const lookupFor =
  (protocol: string, rule: AddressRule, resolve: typeof resolveName): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const refusals = addresses.flatMap(({ address }) => ipRefusal(address, protocol, rule) ?? [])
      const [first] = addresses
      if (refusals[0] !== undefined || first === undefined) return callback(new Error(refusals[0] ?? 'No address.'), [])
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
