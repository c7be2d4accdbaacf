// What one tenant was given is used by another: cursors, versions, idempotency keys, and ids in filters.
import { comparable } from './marks.ts'
import type { ApiOperation } from './operations.ts'
import type { Answer, Place, PopulatedTenant } from './place.ts'
import { requestOf } from './try-pairs.ts'
import { newId } from '../../ids/index.ts'

interface Trick {
  place: Place
  operation: ApiOperation
  theirs: PopulatedTenant
  own: PopulatedTenant
}

/** Each trick that works, in a sentence. The first tenant is the victim. */
export async function leaksByTricks(place: Place, operation: ApiOperation): Promise<string[]> {
  const [theirs, own] = place.tenants
  if (own === undefined || operation.policy === 'public' || operation.policy === 'operator') return []
  const trick = { place, operation, theirs, own }
  return [
    ...(operation.isList ? await byCursor(trick) : []),
    ...(operation.idsInQuery.length > 0 ? await byFilter(trick) : []),
    ...(operation.condition === undefined || operation.resource === undefined ? [] : await byVersion(trick)),
    ...(operation.isIdempotent ? await byKey(trick) : []),
  ]
}

async function byCursor({ place, operation, theirs, own }: Trick): Promise<string[]> {
  const page = await place.send(withQuery(place, operation, theirs, 'limit=1'), theirs.owner, theirs)
  const cursor = /"nextCursor":"([^"]+)"/.exec(page.text)?.[1]
  if (cursor === undefined) return []
  const answer = await place.send(withQuery(place, operation, own, `cursor=${cursor}`), own.owner, own)
  return betrayed(place, answer, own) ? [`${operation.name}: a cursor opens another tenant's page`] : []
}

async function byFilter({ place, operation, theirs, own }: Trick): Promise<string[]> {
  const ids = [theirs.id, ...Object.values(theirs.things)]
  const leaks: string[] = []
  for (const name of operation.idsInQuery) {
    for (const id of ids) {
      const answer = await place.send(withQuery(place, operation, own, `${name}=${id}`), own.owner, own)
      // The trail of who asks names what they looked for.
      if (betrayed(place, answer, own, ids.join(' ')))
        leaks.push(`${operation.name}: ${name} finds another tenant's things`)
    }
  }
  return [...new Set(leaks)]
}

async function byVersion({ place, operation, theirs, own }: Trick): Promise<string[]> {
  const { resource = '', condition = '' } = operation
  const id = theirs.things[resource] ?? ''
  const read = { method: 'GET', path: resource.replace(/\{[^}]+\}/, id) }
  const { headers } = await place.send(read, theirs.owner, theirs)
  const conditional = (asked: string) => {
    const request = requestOf(place, operation, own, asked)
    return { ...request, headers: { ...request.headers, [condition]: String(headers['etag']) } }
  }
  const answers = [
    await place.send(conditional(id), own.owner, own),
    await place.send(conditional(newId()), own.owner, own),
  ]
  const [theirsText, nothingText] = answers.map(({ status, text }) => comparable({ status, text, location: '' }))
  return theirsText === nothingText ? [] : [`${operation.name}: ${condition} tells whether a thing exists`]
}

async function byKey({ place, operation, theirs, own }: Trick): Promise<string[]> {
  const key = newId()
  const ask = (tenant: PopulatedTenant) => {
    const request = requestOf(place, operation, tenant)
    return place.send({ ...request, headers: { ...request.headers, 'idempotency-key': key } }, tenant.owner, tenant)
  }
  const given = await ask(theirs)
  const answer = await ask(own)
  // The first is that of what was made.
  const made = /"id":"([^"]+)"/.exec(given.text)?.[1]
  return made !== undefined && answer.text.includes(made)
    ? [`${operation.name}: a key opens another tenant's answer`]
    : []
}

function withQuery(place: Place, operation: ApiOperation, own: PopulatedTenant, query: string) {
  const request = requestOf(place, operation, own)
  return { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${query}` }
}

function betrayed({ marks }: Place, { text }: Answer, own: PopulatedTenant, asked = ''): boolean {
  return [...marks.tenantsIn(text, asked)].some((id) => id !== own.id)
}
