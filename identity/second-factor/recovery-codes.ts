import { createHash, randomBytes } from 'node:crypto'
import { base32, typedAlphabet } from './base32.ts'

const codeCount = 10
/** 80 bits: nobody finds one by trying, not even with the hashes at hand, so a fast hash is enough. */
const codeBytes = 10

/** Ten codes for those who lose their device: four groups of four, each used once. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: codeCount }, () => base32(randomBytes(codeBytes), typedAlphabet).replaceAll(/.{4}(?=.)/g, '$&-'))

/** What is stored. Capitals, spaces and dashes do not matter, nor which of look-alikes was typed. */
export function hashRecoveryCode(accountId: string, code: string): Buffer {
  const typed = code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return createHash('sha256').update(`${accountId}/${typed}`).digest()
}
