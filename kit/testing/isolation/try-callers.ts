// The first tenant's things, asked for by everybody: each role gets what the document and its permissions say, and nobody else anything.
import { verdictOn, type ApiOperation, type Verdict } from './operations.ts'
import type { Answer, Caller, OperationFixture, Place, Request } from './place.ts'
import { requestOf } from './try-pairs.ts'

const nobody = 'anonymous'
const refusals = { unauthenticated: 401, forbidden: 403, hidden: 404 }

/** The callers that are to be turned away: nothing may change by them. */
export async function leaksToRefused(place: Place, operation: ApiOperation): Promise<string[]> {
  const leaks: string[] = []
  const [home] = place.tenants
  for (const [name, caller] of callersOf(place)) {
    const verdict = verdictFor(operation, caller)
    if (verdict === 'answered') continue
    const request = requestOf(place, operation, home)
    const answer = await place.send(request, caller, home)
    if (answer.status !== refusals[verdict] || isOtherRefusal(answer, verdict))
      leaks.push(`${operation.name}: ${name} gets ${answer.status} instead of ${refusals[verdict]} (${answer.text})`)
    if (place.marks.tenantsIn(answer.text, JSON.stringify(request)).size > 0)
      leaks.push(`${operation.name}: ${name} is refused and sees things of the tenant`)
  }
  return leaks
}

/** The callers that may: otherwise a refusal of others would mean nothing. Each has a thing of its own to change. */
export async function gapsForAllowed(place: Place, operation: ApiOperation): Promise<string[]> {
  const { answers, needs, blank }: OperationFixture = place.fixtures[operation.name] ?? {}
  const gaps: string[] = []
  for (const [name, caller] of callersOf(place)) {
    if (verdictFor(operation, caller) !== 'answered') continue
    const request = await ownRequest(place, operation, caller)
    const answer = await place.send(request, caller, place.tenants[0])
    const lacks = needs !== undefined && caller !== undefined && !holds(caller, needs[0])
    const wanted = lacks ? needs[1] : answers?.[0]
    const isRight = wanted === undefined ? answer.status >= 200 && answer.status < 300 : answer.status === wanted
    if (!isRight)
      gaps.push(`${operation.name}: ${name} gets ${answer.status} instead of ${wanted ?? '2xx'} (${answer.text})`)
    const mustShow = caller === place.tenants[0].owner && operation.method === 'GET' && operation.policy !== 'public'
    if (mustShow && blank === undefined && wanted === undefined && isRight && !shows(place, answer, request))
      gaps.push(`${operation.name}: ${name} sees nothing of the own tenant, so this operation proves nothing`)
  }
  return gaps
}

/** Nobody who is not signed in, and the people. */
const callersOf = ({ people }: Place): [string, Caller | undefined][] => [
  [nobody, undefined],
  ...Object.entries(people),
]

/** On things of the first tenant, or of the caller. */
function verdictFor(operation: ApiOperation, caller: Caller | undefined): Verdict {
  if (caller === undefined)
    return verdictOn(operation, { signedIn: false, operator: false, permissions: [], owns: true })
  return verdictOn(operation, { ...caller, signedIn: true, owns: true })
}

const holds = ({ permissions }: Caller, permission: string): boolean =>
  permissions.includes('*') || permissions.includes(permission)

/** On a new thing of the first tenant, or of who asks. */
async function ownRequest(place: Place, operation: ApiOperation, caller: Caller | undefined): Promise<Request> {
  const [home] = place.tenants
  const name = place.fixtures[operation.name]?.resource ?? operation.resource
  const resource = name === undefined ? undefined : place.resources[name]
  const maker = resource?.of === 'caller' && caller !== undefined ? caller : home.owner
  return requestOf(place, operation, home, await resource?.make(maker))
}

function shows({ marks, tenants: [home] }: Place, { text }: Answer, { path }: Request): boolean {
  const named = path.split(/[/?]/).filter((part) => part.length >= 32)
  return named.some((id) => text.includes(id)) || marks.tenantsIn(text).has(home.id)
}

/** 401 and 403 have other reasons too: a test that meets those tests nothing. */
function isOtherRefusal({ text }: Answer, verdict: Verdict): boolean {
  if (verdict === 'unauthenticated') return !/"code":"(?:credentials-missing|session-ended)"/.test(text)
  return verdict === 'forbidden' && !text.includes('"code":"forbidden"')
}
