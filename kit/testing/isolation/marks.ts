// What betrays a tenant in a text: the ids of its rows. A canary is a word with the tenant's id in it, so one search finds both.

/** 32 hexadecimal digits, with or without the dashes of a uuid: ids stand in names of sites and databases too. */
const anId = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi

const bare = (id: string): string => id.replaceAll('-', '').toLowerCase()

/** Planted in the free texts of a tenant. */
export const canaryOf = (tenantId: string): string => `canary ${tenantId}`

/** Which tenant each id is of. */
export class Marks {
  readonly #owners = new Map<string, string>()

  constructor(marks: Iterable<{ id: string; tenantId: string }>) {
    for (const { id, tenantId } of marks) this.#owners.set(bare(id), tenantId)
  }

  get size(): number {
    return this.#owners.size
  }

  /** The tenants that a text betrays. What stands in `asked` too, the request, betrays nothing. */
  tenantsIn(text: string, asked = ''): Set<string> {
    const known = new Set([...asked.matchAll(anId)].map(([id]) => bare(id)))
    const found = new Set<string>()
    for (const [id] of text.matchAll(anId)) {
      const owner = known.has(bare(id)) ? undefined : this.#owners.get(bare(id))
      if (owner !== undefined) found.add(owner)
    }
    return found
  }
}

/** An answer without what differs from request to request: two that are equal tell nobody anything. */
export const comparable = ({ status, text, location }: { status: number; text: string; location: string }): string =>
  `${status} ${location} ${text.replace(/"instance":"[^"]*"/, '')}`.replaceAll(anId, '<id>')
