import { z } from 'zod'
import { siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import { defineOperation, type Step } from '@platen/kit/operations'
import type { Tx } from '@platen/kit/sql'
import { siteProblems } from './problems.ts'
import { openSiteSecrets, ownerTag, siteRoles, type SiteContext, type SiteDeps } from './site-deps.ts'
import { publishToBench, publishToEdge, probeActive } from './site-steps.ts'
import {
  assignBench,
  chooseBench,
  markActive,
  releaseSite,
  requireSite,
  setPlaced,
  setRouted,
  templateOfBench,
} from './site-store.ts'

type SiteStep = Step<{ siteId: string }, SiteDeps>

/** What every way to make a site has in common: a place before its database is made, storage and an address afterwards. */
export const siteBuildingSteps = {
  reserve: { name: 'reserve', run: reserve, undo: release, retry: { attempts: 20, baseMs: 250 } },
  createStorage: { name: 'create-storage', run: createStorage, undo: removeStorage },
  open: [
    { name: 'place-on-bench', run: place, undo: unplace },
    { name: 'ensure-certificate', run: ensureCertificate, undo: 'nothing-to-undo' },
    { name: 'publish-route', run: route, undo: unroute },
    { name: 'probe', run: probeActive, undo: 'nothing-to-undo', timeoutMs: 30_000, weight: 2 },
    { name: 'activate', run: activate, undo: 'nothing-to-undo' },
  ],
} as const satisfies Record<string, SiteStep | readonly SiteStep[]>

/** From a reserved name to a site that answers at its address. Undo beside each step; a failure leaves nothing behind. */
export const createSite = defineOperation<{ siteId: string }, SiteDeps>({
  type: 'create-site',
  version: 1,
  input: z.strictObject({ siteId: z.uuid() }),
  steps: [
    siteBuildingSteps.reserve,
    { name: 'create-database', run: createDatabase, undo: removeDatabase, timeoutMs: 60_000, weight: 4 },
    { name: 'create-administrator', run: createAdministrator, undo: 'nothing-to-undo' },
    siteBuildingSteps.createStorage,
    ...siteBuildingSteps.open,
  ],
})

export async function assignEmptiestBench(tx: Tx, siteId: string): Promise<void> {
  const bench = await chooseBench(tx)
  if (bench === undefined) throw siteProblems.problem('no-bench-ready', 'No bench is active yet.')
  await assignBench(tx, siteId, bench.id)
}

async function reserve({ input, write }: SiteContext): Promise<void> {
  // Counting every tenant's sites to find the emptiest bench is the platform's business.
  await write((tx) => assignEmptiestBench(tx, input.siteId), { operator: true })
}

function release({ input, write }: SiteContext): Promise<void> {
  return write((tx) => releaseSite(tx, input.siteId))
}

async function createDatabase({ input, deps, operationId, tag, signal, write }: SiteContext): Promise<void> {
  const { site, template } = await write(async (tx) => {
    const found = await requireSite(tx, input.siteId)
    return { site: found, template: await templateOfBench(tx, found.bench_id) }
  })
  await deps.databases.ensureSiteDatabase(
    {
      name: site.database_name,
      template,
      tag: ownerTag(operationId),
      roles: siteRoles(deps.vault, site),
      session: tag,
    },
    { signal },
  )
}

async function removeDatabase({ input, deps, tag, signal, write }: SiteContext): Promise<void> {
  const site = await write((tx) => requireSite(tx, input.siteId))
  const roles = Object.values(siteRoleNames(site.database_name))
  await deps.databases.removeSiteDatabase({ name: site.database_name, roles, session: tag }, { signal })
}

async function createAdministrator({ input, deps, signal, write }: SiteContext): Promise<void> {
  const site = await write((tx) => requireSite(tx, input.siteId))
  await deps.runtimeOf(site.bench_name ?? '').seedAdministrator(
    {
      siteId: site.id,
      connection: {
        database: site.database_name,
        user: siteRoleNames(site.database_name).app,
        password: openSiteSecrets(deps.vault, site).password('app'),
      },
      email: site.admin_email,
      name: site.admin_name,
    },
    { signal },
  )
}

/** An object store has no folders: the marker makes the prefix exist and says whose it is. */
async function createStorage({ input, deps, operationId, signal }: SiteContext): Promise<void> {
  const marker = JSON.stringify({ siteId: input.siteId, owner: ownerTag(operationId) })
  await deps.objects.put(`${siteObjectPrefix(input.siteId)}owner`, Buffer.from(marker), {
    contentType: 'application/json',
    maxBytes: 10_000,
    signal,
  })
}

function removeStorage({ input, deps, signal }: SiteContext): Promise<void> {
  return deps.objects.removePrefix(siteObjectPrefix(input.siteId), { signal })
}

async function place(context: SiteContext): Promise<void> {
  await publishToBench(context, (tx) => setPlaced(tx, context.input.siteId, true))
}

async function unplace(context: SiteContext): Promise<void> {
  await publishToBench(context, (tx) => setPlaced(tx, context.input.siteId, false), 'go on without')
}

async function ensureCertificate({ input, deps, write }: SiteContext): Promise<void> {
  const site = await write((tx) => requireSite(tx, input.siteId))
  await deps.requireCertificate(site.host ?? '')
}

async function route(context: SiteContext): Promise<void> {
  await publishToEdge(context, (tx) => setRouted(tx, context.input.siteId, true))
}

async function unroute(context: SiteContext): Promise<void> {
  await publishToEdge(context, (tx) => setRouted(tx, context.input.siteId, false), 'go on without')
}

function activate({ input, write }: SiteContext): Promise<void> {
  return write((tx) => markActive(tx, input.siteId))
}
