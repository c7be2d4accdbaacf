import { testApi, type TestApi } from '../../manager/testing/api.ts'
import { aFailedJob, aSite, aVerifiedBackup, startOn } from '../../manager/testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../manager/testing/platform.ts'
import { suspendSite } from '../../manager/src/sites/index.ts'
import { costlyOperations, looseLimits, type Stage } from './stage-target.ts'

export interface ManagerStage extends Stage {
  readonly platform: TestPlatform
  readonly api: TestApi
}

/** The manager over a real database, with memory drivers behind it, and a tenant that has something of everything. */
export async function managerStage(): Promise<ManagerStage> {
  const platform = await testPlatform()
  const api = await testApi(platform, undefined, { registration: 'open', rateLimits: looseLimits, logLevel: 'trace' })
  const tenant = await api.person({ role: 'owner' })
  for (const state of ['active', 'suspended', 'archived'] as const) await aSite(platform, tenant, state)
  await aVerifiedBackup(platform, tenant)
  await aFailedJob(platform, tenant)
  await startOn(platform, tenant, suspendSite, (await aSite(platform, tenant)).siteId)
  const signIn =
    (role: string, operator = false) =>
    async () =>
      (await api.person({ role, tenant, operator })).accessToken
  return {
    name: 'manager',
    app: api.app,
    host: 'console.platen.localhost',
    platform,
    api,
    people: {
      reader: { signIn: signIn('reader'), probe: '/api/v1/sites' },
      owner: { signIn: signIn('owner'), probe: '/api/v1/users', weight: 4 },
      operator: { signIn: signIn('owner', true), probe: '/api/v1/tenants', weight: 4 },
    },
    atMost: costlyOperations(
      ['POST /api/v1/sites', 300],
      ['POST /api/v1/sites/{id}/backups', 300],
      ['GET /api/v1/diagnosis', 60],
      ['GET /api/v1/reconciliation', 60],
      ['POST /api/v1/reconciliation/runs', 60],
    ),
    // It speaks until the operation ends, and here nobody works on operations.
    streams: new Set(['GET /api/v1/operations/{id}/events']),
    async close() {
      await api.close()
      await platform.close()
    },
  }
}
