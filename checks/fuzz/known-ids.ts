// Ids and cursors that answers have shown. A case names one by a reference, so that the same case can be made again from its seed
// while ids differ from run to run.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Json } from './api-document.ts'

const reference = /\{\{([^#]+?)#([0-9]+)\}\}/g
const MOST = 200

/** `{{sites#3}}`: for a field `siteId` one of the sites, for a field `id` one of what the path is about. */
export const idReference = (of: string): fc.Arbitrary<string> => fc.nat(MOST - 1).map((n) => `{{${of}#${n}}}`)

const cursorsOf = (path: string): string => `cursor of ${path}`

/** A cursor that this list gave. */
export const cursorReference = (path: string): fc.Arbitrary<string> =>
  fc.nat(MOST - 1).map((n) => `{{${cursorsOf(path)}#${n}}}`)

export class KnownIds {
  readonly #byKind = new Map<string, string[]>()

  /** Remembers what an answer of that path shows. */
  learn(path: string, body: Json): void {
    if (!isObject(body)) return
    const cursor = body['nextCursor']
    if (typeof cursor === 'string') this.#add(cursorsOf(path), cursor)
    const items = Array.isArray(body['items']) ? body['items'].filter(isObject) : []
    for (const item of [body, ...items]) this.#learnItem(kindOf(path), item)
    for (const [name, value] of Object.entries(body)) if (isObject(value)) this.#learnItem(pluralOf(name), value)
  }

  #learnItem(kind: string, { id, eventId }: { [key: string]: Json }): void {
    for (const known of [id, eventId]) if (typeof known === 'string') this.#add(kind, known)
  }

  /** Puts real ids in place of references; the same unknown one where none is known. */
  resolve(text: string, path: string): string {
    return text.replaceAll(reference, (_all, name: string, n: string) => {
      const kind = name === 'id' || name === 'eventId' ? kindOf(path) : pluralOf(name)
      const known = this.#byKind.get(kind) ?? this.#byKind.get(name) ?? []
      return known[Number(n) % Math.max(1, known.length)] ?? unknownId(`${name}#${n}`)
    })
  }

  #add(kind: string, id: string): void {
    const known = this.#byKind.get(kind) ?? []
    if (known.includes(id)) return
    this.#byKind.set(kind, [id, ...known].slice(0, MOST))
  }
}

/** `/api/v1/auth/sessions/{id}` -> `sessions`: the last word before the first parameter. */
function kindOf(path: string): string {
  const words = path.split('/{', 1)[0]?.split('/') ?? []
  return words.at(-1) ?? ''
}

const pluralOf = (name: string): string =>
  name.replace(/Ids?$/, '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) + 's'

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function unknownId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
