// One tenant's caller tries another's things.
import { comparable } from './marks.ts'
import { verdictOn, type ApiOperation } from './operations.ts'
import { someAtATime, type Pair } from './pairs.ts'
import type { Answer, Caller, OperationFixture, Place, PopulatedTenant, Request, Tenant } from './place.ts'
import { newId } from '../../ids/index.ts'

interface Attempt {
  request: Request
  /** Where the request goes. */
  at: Tenant
  /** Empty: whatever the answer to an id that does not exist is. */
  statuses: readonly number[]
}

/** Counts of what was tried, for who runs the table. */
export interface Tally {
  requests: number
  pairs: number
}

/** Ordered pairs that did not go as they must, in sentences; the same sentence once. */
export async function leaksBetween(
  place: Place,
  operation: ApiOperation,
  { pairs, everything }: { pairs: readonly Pair[]; everything: boolean },
  tally: Tally,
): Promise<string[]> {
  const leaks = new Set<string>()
  const { tenants } = place
  const nothing: Tenant = { id: newId(), things: new Proxy({}, { get: () => newId() }) }
  const absent = new Map<string, Promise<string>>()
  const answerToNothing = (kind: string, own: PopulatedTenant): Promise<string> => {
    // What is named in a path is answered alike for everybody; what is named in a body may be answered with what one has.
    const key = kind === 'path' ? kind : `${kind} ${own.id}`
    const attempt = attemptsOf(place, operation, nothing, own)[kind]
    const known = absent.get(key) ?? askedFor(place, attempt, own.owner)
    absent.set(key, known)
    return known
  }
  const firstRound = new Set(pairs.slice(0, tenants.length))
  const tryPair = async (pair: Pair): Promise<void> => {
    const [caller, victim] = pair
    const [own, theirs] = [tenants[caller], tenants[victim]]
    if (own === undefined || theirs === undefined) return
    const attempts = Object.entries(attemptsOf(place, operation, theirs, own))
    // A token is refused at another host before anybody looks what is asked for: one round of it is a sample.
    const chosen = everything || firstRound.has(pair) ? attempts : attempts.filter(([kind]) => kind !== 'elsewhere')
    tally.pairs += chosen.length > 0 ? 1 : 0
    for (const [kind, { request, at, statuses }] of chosen) {
      tally.requests += 1
      const answer = await place.send(request, own.owner, at)
      if (statuses.length > 0 && !statuses.includes(answer.status))
        leaks.add(
          `${operation.name}: another tenant gets ${answer.status} instead of ${statuses.join(' or ')} (${kind})`,
        )
      if (at === own && textOf(answer) !== (await answerToNothing(kind, own)))
        leaks.add(`${operation.name}: another tenant can tell a thing that exists from nothing (${kind})`)
      const seen = place.marks.tenantsIn(textOf(answer, true), JSON.stringify(request))
      if (strangers(seen, own).length > 0) leaks.add(`${operation.name}: shows another tenant's things (${kind})`)
    }
  }
  await someAtATime(pairs, tryPair, place.fixtures[operation.name]?.alone === true ? 1 : undefined)
  return [...leaks]
}

/** True where the path names a thing of a tenant. Otherwise what is shown or changed is the caller's own. */
export const isOwned = ({ resources }: Place, { resource }: ApiOperation): boolean =>
  resource !== undefined && resources[resource]?.of !== 'platform'

/** True where there is something of another tenant to name, or another tenant's host to go to. */
export const namesThings = (place: Place, operation: ApiOperation): boolean => {
  const [first] = place.tenants
  return Object.keys(attemptsOf(place, operation, first, first)).length > 0
}

/** Operations that name nothing: what a caller is shown, and may change, is their own. One request meets all other tenants. */
export async function leaksToOthers(
  place: Place,
  operation: ApiOperation,
  callers: readonly PopulatedTenant[],
  tally: Tally,
): Promise<string[]> {
  const leaks: string[] = []
  for (const own of callers) {
    tally.requests += 1
    tally.pairs += place.tenants.length - 1
    const answer = await place.send(requestOf(place, operation, own), own.owner, own)
    const seen = strangers(place.marks.tenantsIn(textOf(answer, true)), own)
    if (seen.length > 0) leaks.push(`${operation.name}: shows things of ${seen.length} other tenants`)
  }
  return leaks
}

/** The request as it is right in itself, with the tenant's own thing. */
export function requestOf(
  { fixtures }: Place,
  operation: ApiOperation,
  own: Tenant,
  id = own.things[operation.resource ?? ''] ?? '',
): Request {
  const { body, headers, query = '' } = fixtures[operation.name] ?? {}
  return {
    method: operation.method,
    path: operation.path.replaceAll(/\{[^}]+\}/g, id) + query,
    ...(body === undefined ? {} : { body: body(own) }),
    ...(headers === undefined ? {} : { headers }),
  }
}

function attemptsOf(
  place: Place,
  operation: ApiOperation,
  theirs: Tenant,
  own: PopulatedTenant,
): Record<string, Attempt> {
  const { resource, name } = operation
  const { attempts = {} }: OperationFixture = place.fixtures[name] ?? {}
  const named = { ...own.owner, signedIn: true, owns: false }
  const request = requestOf(place, operation, own)
  return {
    ...(resource !== undefined && isOwned(place, operation)
      ? {
          path: {
            request: requestOf(place, operation, own, theirs.things[resource]),
            at: own,
            statuses: [verdictOn(operation, named) === 'forbidden' ? 403 : 404],
          },
        }
      : {}),
    ...Object.fromEntries(
      Object.entries(attempts).map(([member, bodyWith]) => [
        member,
        { request: { ...request, body: bodyWith(theirs, own) }, at: own, statuses: [404, 422] },
      ]),
    ),
    ...(place.hasHosts && operation.policy !== 'public'
      ? { elsewhere: { request: requestOf(place, operation, theirs), at: theirs, statuses: [401] } }
      : {}),
  }
}

async function askedFor(place: Place, attempt: Attempt | undefined, caller: Caller): Promise<string> {
  return attempt === undefined ? '' : textOf(await place.send(attempt.request, caller, attempt.at))
}

const strangers = (seen: ReadonlySet<string>, own: Tenant): string[] => [...seen].filter((id) => id !== own.id)

/** To compare, or whole. */
function textOf({ status, text, headers }: Answer, whole = false): string {
  const location = String(headers['location'])
  return whole ? `${location} ${text}` : comparable({ status, text, location })
}
