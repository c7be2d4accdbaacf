// The places of both APIs where text of a caller comes nearest to SQL: lists, ids in addresses, bodies, keys.
import type { HttpServer } from '@platen/kit/http'
import type { ManagerStage } from '../fuzz/manager-stage.ts'
import type { SiteStage } from '../fuzz/site-stage.ts'
import type { SqlmapTarget } from './sqlmap.ts'

export interface InjectionTarget extends SqlmapTarget {
  readonly place: string
}

const sample = new Set(['manager GET /sites', 'site POST /products'])

/** A query and a body, one place in each: what `npm test` has time for. */
export const sampleOf = (targets: readonly InjectionTarget[]): InjectionTarget[] =>
  targets
    .filter(({ place }) => sample.has(place))
    .map(({ url, body, ...target }) => ({
      ...target,
      url: firstPlace(url),
      ...(body === undefined ? {} : { body: firstPlace(body) }),
    }))

const firstPlace = (text: string): string => text.replace('*', '\0').replaceAll('*', '').replace('\0', '*')

const managerLists: Record<string, string> = {
  '/sites': 'search=a*&filter[name][like]=a*&sort=name*&cursor=W10*&limit=5*',
  '/users': 'search=a*&filter[email][in]=a*&sort=name*',
  '/audit-entries': 'search=a*&filter[action][ne]=a*&filter[actor][like]=a*&filter[ip]=a*',
  '/operations': 'filter[type]=a*&filter[subjectKind][like]=a*&sort=-createdAt*',
  '/jobs': 'filter[name][like]=a*&filter[queue][in]=a*&cursor=W10*',
  '/invitations': 'filter[email][like]=a*&filter[createdAt][gt]=2026-01-01*',
}
const siteLists: Record<string, string> = {
  '/products': 'search=a*&filter[sku][like]=a*&filter[unitPrice][gte]=1*&sort=-name*&cursor=W10*',
  '/customers': 'search=a*&filter[name][in]=a*&filter[siren]=a*&sort=name*',
  '/orders': 'search=a*&filter[customer][like]=a*&filter[gross][lt]=1*&sort=number*',
  '/audit-entries': 'search=a*&filter[resource][like]=a*',
}

export async function managerTargets(stage: ManagerStage): Promise<InjectionTarget[]> {
  const at = await address(stage.app)
  const headers = { authorization: `Bearer ${await stage.people['operator']?.signIn()}` }
  const lists = Object.entries(managerLists).map(([path, query]) => ({ path, query }))
  return [
    ...lists.map(({ path, query }) => ({ place: `manager GET ${path}`, url: `${at}${path}?${query}`, headers })),
    { place: 'manager GET /sites/{id}', url: `${at}/sites/0199*`, headers },
    {
      place: 'manager POST /roles',
      url: `${at}/roles`,
      headers: json(headers),
      body: '{"name":"a*","permissions":["sites.read*"]}',
    },
  ]
}

export async function siteTargets(stage: SiteStage): Promise<InjectionTarget[]> {
  const at = await address(stage.app)
  const headers = { host: stage.host, authorization: `Bearer ${await stage.people['gerant']?.signIn()}` }
  const lists = Object.entries(siteLists).map(([path, query]) => ({ path, query }))
  return [
    ...lists.map(({ path, query }) => ({ place: `site GET ${path}`, url: `${at}${path}?${query}`, headers })),
    { place: 'site GET /orders/{id}', url: `${at}/orders/0199*`, headers },
    {
      place: 'site POST /customers',
      url: `${at}/customers`,
      headers: { ...json(headers), 'idempotency-key': 'a*' },
      body: '{"kind":"company","name":"a*"}',
    },
    { place: 'site POST /products', url: `${at}/products`, headers: json(headers), body: '{"sku":"A*","name":"a*"}' },
  ]
}

const json = (headers: Record<string, string>) => ({ ...headers, 'content-type': 'application/json' })

async function address(app: HttpServer): Promise<string> {
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1`
}
