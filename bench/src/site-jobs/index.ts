export { createSiteJobs, type SiteJobs, type SiteJobsOptions } from './site-jobs.ts'
export { siteJobDeps, siteJobs, siteReports, siteSchedules, type SiteJobDeps } from './jobs-of-sites.ts'
