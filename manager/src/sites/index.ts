export { dropSite, restartSite, resumeSite, suspendSite } from './change-site.ts'
export { beginOperation, startedAnswer, type SiteRoutesOptions } from './begin-operation.ts'
export { createSite, siteBuildingSteps } from './create-site.ts'
export { createEdgeProbe, createProber, type Prober } from './probe.ts'
export { registerSiteRoutes } from './site-routes.ts'
export { reserveSite } from './request-site.ts'
export {
  databaseRoles,
  openSiteSecrets,
  siteConnectionLimit,
  siteRoles,
  type DatabaseOwner,
  type SiteDeps,
} from './site-deps.ts'
export { lockSite, recordProbe, requireSite, setPlaced, setRouted, setSiteState, type SiteRow } from './site-store.ts'
export { siteProblems } from './problems.ts'
