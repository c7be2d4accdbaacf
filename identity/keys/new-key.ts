import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { z } from 'zod'

export const signingAlgorithm = 'RS256'

/** The public half of an RSA key (RFC 7518 section 6.3.1). */
export const publicJwk = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() })
export type PublicJwk = z.infer<typeof publicJwk>

/** A key pair before it is stored. */
export interface NewKey {
  /** Thumbprint of the public half (RFC 7638), so that nobody can give two keys the same name. */
  kid: string
  publicJwk: PublicJwk
  privateJwk: JWK
}

let spare: Promise<NewKey> | undefined

/** Making an RSA key takes 50 to 500 ms, so a process may keep one ready before anybody waits for it. */
export function prepareSpareSigningKey(): void {
  spare ??= generateSigningKey()
  spare.catch(() => undefined)
}

export async function takeNewKey(): Promise<NewKey> {
  const taken = spare ?? generateSigningKey()
  spare = undefined
  return taken
}

async function generateSigningKey(): Promise<NewKey> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { modulusLength: 2048, extractable: true })
  const exported = publicJwk.parse(await exportJWK(publicKey))
  return {
    kid: await calculateJwkThumbprint(exported),
    publicJwk: exported,
    privateJwk: await exportJWK(privateKey),
  }
}
