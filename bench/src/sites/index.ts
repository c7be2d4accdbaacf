export { createSiteRegistry, type SiteRegistry, type SiteRegistryOptions } from './site-registry.ts'
export { type ServedSite } from './served-site.ts'
export { siteRoles } from './site-roles.ts'
export { benchProblems } from './problems.ts'
