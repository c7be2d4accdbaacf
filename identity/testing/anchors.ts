/** A place for anchors in memory. */
import { Readable } from 'node:stream'
import { Secret } from '@platen/kit/secrets'
import { secretSigner, type AnchorPlace } from '../index.ts'

export interface TestAnchors {
  place: AnchorPlace
  /** What is kept, by key. */
  files: Map<string, string>
}

export function testAnchors(secret = 'the secret of a test'): TestAnchors {
  const files = new Map<string, string>()
  const objects: AnchorPlace['objects'] = {
    put: async (key, body) => void files.set(key, body.toString()),
    get: async (key) => ({ stream: Readable.from([files.get(key) ?? '']) }),
    async list(prefix, { after = '', limit }) {
      const keys = [...files.keys()].filter((key) => (prefix === '' || key.startsWith(`${prefix}/`)) && key > after)
      return keys
        .toSorted()
        .slice(0, limit)
        .map((key) => ({ key }))
    },
    remove: async (key) => void files.delete(key),
  }
  return { place: { objects, database: 'test', signer: () => secretSigner(new Secret(secret)) }, files }
}
