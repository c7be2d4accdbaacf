export { dropSite, restartSite, resumeSite, siteRemovalSteps, suspendSite } from './change-site.ts'
export { beginChange, beginReturn } from './begin-change.ts'
export { beginOperation, lockSiteFor, startedAnswer, type SiteRoutesOptions } from './begin-operation.ts'
export { assignEmptiestBench, createSite, siteBuildingSteps } from './create-site.ts'
export { createEdgeProbe, createProber, type Prober } from './probe.ts'
export { registerSiteRoutes } from './site-routes.ts'
export { refuseFullDisk, reserveSite } from './request-site.ts'
export {
  databaseRoles,
  openSiteSecrets,
  ownerTag,
  siteConnectionLimit,
  siteRoles,
  type DatabaseOwner,
  type SiteDeps,
} from './site-deps.ts'
export { forgetFormerDatabase, formerDatabaseDays } from './former-databases.ts'
export { isReservedName } from './site-name.ts'
export { servedAs, siteStates } from './site.ts'
export { setSiteState } from './set-site-state.ts'
export { publishEverywhere } from './site-steps.ts'
export { lockSite, markArchived, recordProbe, requireSite, setPlaced, setRouted, type SiteRow } from './site-store.ts'
export { returnSite, swappedStateOf, swappedStates, swapSteps } from './swap-database.ts'
export { siteProblems } from './problems.ts'
export { archivedUntil, siteActionObjection, type SiteState } from './site.ts'
