import { page } from '@platen/people'
import type { AppPages } from '@platen/people'
import { queryClient } from '@platen/ui'
import { setupQuery } from './api/queries.ts'
import { ConsoleFrame } from './layout/console-frame.tsx'

/** The console's own pages, beside those that it shares with the desk (web/people). */
export const pages: AppPages = {
  Frame: ConsoleFrame,
  publicPages: [
    page('/setup', () => import('./pages/setup/setup-page.tsx'), 'SetupPage'),
    page('/register', () => import('./pages/register/register-page.tsx'), 'RegisterPage'),
    page('/registration', () => import('./pages/register/registration-page.tsx'), 'RegistrationPage'),
  ],
  pages: [
    page('/', () => import('./pages/home/home-page.tsx'), 'HomePage'),
    page('/sites', () => import('./pages/sites/sites-page.tsx'), 'SitesPage'),
    page('/sites/new', () => import('./pages/sites/new/new-site-page.tsx'), 'NewSitePage'),
    page('/sites/$id', () => import('./pages/sites/site/overview-page.tsx'), 'OverviewPage'),
    page('/sites/$id/activity', () => import('./pages/sites/site/activity-page.tsx'), 'ActivityPage'),
    page('/sites/$id/backups', () => import('./pages/sites/site/backups/backups-page.tsx'), 'BackupsPage'),
    page('/sites/$id/restore', () => import('./pages/sites/site/restore/restore-page.tsx'), 'RestorePage'),
    page('/sites/$id/logs', () => import('./pages/sites/site/logs-page.tsx'), 'SiteLogsPage'),
    page('/sites/$id/settings', () => import('./pages/sites/site/settings/settings-page.tsx'), 'SettingsPage'),
    page('/operations', () => import('./pages/operations/operations-page.tsx'), 'OperationsPage'),
    page('/operations/$id', () => import('./pages/operations/operation/operation-page.tsx'), 'OperationPage'),
    page('/servers', () => import('./pages/servers/servers-page.tsx'), 'ServersPage'),
    page('/logs', () => import('./pages/logs/logs-page.tsx'), 'LogsPage'),
    page('/alerts', () => import('./pages/alerts/alerts-page.tsx'), 'AlertsPage'),
    page('/diagnosis', () => import('./pages/diagnosis/diagnosis-page.tsx'), 'DiagnosisPage'),
    page('/settings', () => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
    page('/organisation', () => import('./pages/organisation/organisation-page.tsx'), 'OrganisationPage'),
    page('/organisations', () => import('./pages/organisations/organisations-page.tsx'), 'OrganisationsPage'),
    page('/inbox', () => import('./pages/inbox/inbox-page.tsx'), 'InboxPage'),
    page('/inbox/$id', () => import('./pages/inbox/mail/mail-page.tsx'), 'MailPage'),
    page('/certificate', () => import('./pages/certificate/certificate-page.tsx'), 'CertificatePage'),
  ],
  /** Until the platform is claimed every address leads to the setup page, and none afterwards. */
  async detour(pathname) {
    const { claimed } = await queryClient.ensureQueryData(setupQuery)
    if (!claimed && pathname !== '/setup') return '/setup'
    return claimed && pathname === '/setup' ? '/' : undefined
  },
}
