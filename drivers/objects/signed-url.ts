/** HMAC-signed URLs: one method, one key, one prefix, one expiry. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@platen/kit/secrets'
import { DriverError } from '../errors/index.ts'
import { requireKey } from './keys.ts'

/** Reliability reference, row 39. A link is checked when the download begins, so minutes are enough for any size. */
const MAX_EXPIRY_SECONDS = 300

/** Exactly as signObjectUrl writes it; what a key may be, requireKey says. */
const SIGNED = /^([^?]+)\?expires=([1-9]\d{0,15})&signature=([A-Za-z0-9_-]{43})$/

interface Signing {
  secret: Secret | undefined
  prefix: string
}

export function signObjectUrl(
  signing: Signing,
  request: { key: string; method: 'GET'; expiresInSeconds: number; baseUrl: string },
): string {
  const key = requireKey(request.key)
  if (!(request.expiresInSeconds >= 1 && request.expiresInSeconds <= MAX_EXPIRY_SECONDS)) {
    throw new DriverError('refused', `a signed URL lives 1 to ${MAX_EXPIRY_SECONDS} seconds`)
  }
  const expires = Math.floor(Date.now() / 1000) + Math.ceil(request.expiresInSeconds)
  const signature = mac(signing, request.method, key, expires).toString('base64url')
  return `${trimSlash(request.baseUrl)}/${key}?expires=${expires}&signature=${signature}`
}

export function verifyObjectUrl(
  signing: Signing,
  request: { method: string; url: string; baseUrl: string },
): { key: string } {
  const refusal = new DriverError('unauthorized', 'this link is not valid, or no longer')
  // The text itself is read, not what a URL parser makes of it: `a/../b`, `%61` and `+1e9` would be further texts of one link.
  const base = `${trimSlash(request.baseUrl)}/`
  // A server is asked by path alone.
  const start = [base, new URL(base, 'http://store').pathname].find((text) => request.url.startsWith(text))
  const match = start === undefined ? null : SIGNED.exec(request.url.slice(start.length))
  if (!match || request.method !== 'GET') throw refusal
  const [, key = '', expiresText = '', given = ''] = match
  const expires = Number(expiresText)
  const expected = mac(signing, request.method, key, expires).toString('base64url')
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) throw refusal
  if (!(expires > Date.now() / 1000)) throw refusal
  return { key: requireKey(key) }
}

function mac(signing: Signing, method: string, key: string, expires: number): Buffer {
  if (!signing.secret) throw new DriverError('refused', 'this object store has no key to sign URLs with')
  return createHmac('sha256', signing.secret.expose())
    .update(`platen-object-url\n${method}\n${signing.prefix}\n${key}\n${expires}`)
    .digest()
}

function trimSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
