import { z } from 'zod'
import { timeZoneField } from '../plans/index.ts'

/** Languages of console and mails. */
export const locales = ['fr', 'en'] as const

/** What a tenant decides for all of its people. */
export const tenantSettings = z
  .strictObject({
    locale: z.enum(locales).meta({ description: 'Of mails to people who have chosen none' }),
    timeZone: timeZoneField,
    contactEmail: z
      .email()
      .max(320)
      .nullable()
      .meta({ description: 'Whom the platform writes to about the organisation' }),
  })
  .meta({ id: 'TenantSettings' })

export type TenantSettings = z.infer<typeof tenantSettings>

/** What is given is set, the rest stays. */
export type SettingsChange = { [Key in keyof TenantSettings]?: TenantSettings[Key] | undefined }

export const defaultSettings: TenantSettings = { locale: 'fr', timeZone: 'Europe/Paris', contactEmail: null }

/** What is stored may lack what a later release added; what it has and nobody knows any more is left out. */
export const readSettings = (stored: object): TenantSettings =>
  z.object(tenantSettings.shape).parse({ ...defaultSettings, ...stored })

export const changeSettings = (settings: TenantSettings, change: SettingsChange): TenantSettings => ({
  locale: change.locale ?? settings.locale,
  timeZone: change.timeZone ?? settings.timeZone,
  contactEmail: change.contactEmail === undefined ? settings.contactEmail : change.contactEmail,
})
