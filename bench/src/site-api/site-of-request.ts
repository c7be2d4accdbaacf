import type { FastifyReply, FastifyRequest } from 'fastify'
import { requestHost } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'
import { benchProblems, type ServedSite, type SiteRegistry } from '../sites/index.ts'

const sites = new WeakMap<FastifyRequest, ServedSite>()

/**
 * Finds the site by host before anything else happens: a request belongs to exactly one site, whatever it says in its body.
 * The site stays open until the answer has been sent or the connection is gone.
 */
export function resolveSite(registry: SiteRegistry) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const host = requestHost(request)
    const site = registry.byHost(host)
    if (site === undefined) throw kitProblems.problem('misdirected-request', `No site is served at "${host}".`)
    // What is logged of this request belongs to the site: its people may read those lines, and no others.
    request.log = request.log.child({ site: site.snapshot.id })
    reply.log = request.log
    if (site.snapshot.state === 'suspended') {
      throw benchProblems.problem('site-suspended', 'It was suspended by the operator of this platform.', {
        headers: { 'platen-site-state': 'suspended' },
      })
    }
    if (site.snapshot.state === 'starting') {
      throw benchProblems.problem(
        'site-starting',
        'Its database is being exchanged. Nothing of this request was done.',
        {
          headers: { 'platen-site-state': 'starting', 'retry-after': '1' },
        },
      )
    }
    reply.raw.once('close', site.enter('visitor'))
    sites.set(request, site)
  }
}

/** The site this request came to, or undefined where none was found. */
export const findSiteOf = (request: FastifyRequest): ServedSite | undefined => sites.get(request)

/** The site this request came to. */
export function siteOf(request: FastifyRequest): ServedSite {
  const site = sites.get(request)
  if (site === undefined) throw new Error('siteOf() was called before the site was resolved')
  return site
}
