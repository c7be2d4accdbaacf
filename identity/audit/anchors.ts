// Heads of chains, signed and kept outside of the database: who can rewrite the whole database, seals included, cannot rewrite these.
import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { canonicalJson } from '@platen/kit/archives'
import type { Secret } from '@platen/kit/secrets'
import { z } from 'zod'

/** What of the object driver anchors need. */
export interface AnchorObjects {
  put(key: string, body: Buffer, options: { contentType: string; maxBytes: number }): Promise<unknown>
  get(key: string): Promise<{ stream: Readable }>
  /** In key order. */
  list(prefix: string, options: { after?: string; limit: number }): Promise<{ key: string }[]>
  remove(key: string): Promise<void>
}

export interface AnchorSigner {
  sign(content: string): string
  isGenuine(content: string, signature: string): boolean
}

/** Where anchors of one database lie, and whose signature they bear. */
export interface AnchorPlace {
  objects: AnchorObjects
  /** Of what database they tell; part of what is signed, so that those of another are of no use. */
  database: string
  signer(): Promise<AnchorSigner> | AnchorSigner
}

export interface Anchor {
  chain: string
  number: number
  /** Hex. */
  hash: string
  at: string
}

/** One that was found. `isGenuine` is false when its signature is not ours, or it is about something else than where it lies. */
export interface FoundAnchor extends Anchor {
  isGenuine: boolean
}

/** Besides the first of each day, the last ones: eight hours of a busy chain. */
const keptAnchors = 48
const pageSize = 500
const anchorFile = z.strictObject({
  chain: z.string(),
  number: z.int(),
  hash: z.string(),
  at: z.string(),
  signature: z.string(),
})
const keyPattern = /^([0-9a-z-]+)\/(\d{8})t(\d{6})z-(\d{15})$/

/** A signature that others can check with the public half. */
export const platformSigner = (keys: { privateKey: KeyObject; publicKey: KeyObject }): AnchorSigner => ({
  sign: (content) => sign(null, Buffer.from(content), keys.privateKey).toString('base64url'),
  isGenuine: (content, signature) =>
    verify(null, Buffer.from(content), keys.publicKey, Buffer.from(signature, 'base64url')),
})

/** A signature by a secret of the site. */
export const secretSigner = (secret: Secret): AnchorSigner => {
  const mac = (content: string): Buffer => createHmac('sha256', secret.expose()).update(content).digest()
  return {
    sign: (content) => mac(content).toString('base64url'),
    isGenuine(content, signature) {
      const [expected, given] = [mac(content), Buffer.from(signature, 'base64url')]
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}

export async function writeAnchor(place: AnchorPlace, anchor: Anchor): Promise<void> {
  const signer = await place.signer()
  const file = { ...anchor, signature: signer.sign(signedText(place, anchor)) }
  const body = Buffer.from(`${JSON.stringify(file)}\n`)
  await place.objects.put(keyOf(anchor), body, { contentType: 'application/json', maxBytes: 4096 })
  await forgetOldAnchors(place, anchor.chain)
}

/** The last one of a chain, as its name tells it. */
export async function lastAnchor(place: AnchorPlace, chain: string): Promise<{ number: number; at: Date } | undefined> {
  const key = (await keysUnder(place, chain)).at(-1)
  const [, , day = '', time = '', number] = keyPattern.exec(key ?? '') ?? []
  if (number === undefined) return undefined
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`
  return { number: Number(number), at: new Date(iso) }
}

/** All that are kept, of one chain or (with '') of every chain, oldest first within each. */
export async function readAnchors(place: AnchorPlace, chain: string): Promise<FoundAnchor[]> {
  const signer = await place.signer()
  const found: FoundAnchor[] = []
  for (const key of await keysUnder(place, chain)) {
    const content = await text((await place.objects.get(key)).stream)
    found.push(readFile(place, signer, { key, content }))
  }
  return found
}

function readFile(
  place: AnchorPlace,
  signer: AnchorSigner,
  { key, content }: { key: string; content: string },
): FoundAnchor {
  const read = anchorFile.safeParse(parseJson(content))
  if (!read.success) return { chain: key.split('/')[0] ?? '', number: 0, hash: '', at: '', isGenuine: false }
  const { signature, ...anchor } = read.data
  const isGenuine = keyOf(anchor) === key && signer.isGenuine(signedText(place, anchor), signature)
  return { ...anchor, isGenuine }
}

function parseJson(content: string): unknown {
  try {
    // unknown is what it is: JSON.parse says any
    return JSON.parse(content) as unknown
  } catch {
    return undefined
  }
}

const signedText = ({ database }: AnchorPlace, anchor: Anchor): string =>
  canonicalJson({ what: 'platen audit anchor', database, ...anchor })

/** `<chain>/20261128t051224z-000000000000123`: in the order in which they were made. */
const keyOf = ({ chain, at, number }: Anchor): string =>
  `${chain}/${at.slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}z-${String(number).padStart(15, '0')}`

async function keysUnder({ objects }: AnchorPlace, chain: string): Promise<string[]> {
  const keys: string[] = []
  for (;;) {
    const after = keys.at(-1)
    const page = await objects.list(chain, { limit: pageSize, ...(after === undefined ? {} : { after }) })
    keys.push(...page.map(({ key }) => key))
    if (page.length < pageSize) return keys
  }
}

async function forgetOldAnchors(place: AnchorPlace, chain: string): Promise<void> {
  const keys = await keysUnder(place, chain)
  const dayOf = (key: string | undefined): string | undefined => keyPattern.exec(key ?? '')?.[2]
  const old = keys.slice(0, -keptAnchors).filter((key, index) => dayOf(key) === dayOf(keys[index - 1]))
  for (const key of old) await place.objects.remove(key)
}
