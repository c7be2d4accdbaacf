import { z } from 'zod'

/** Hours between the scheduled backups of a site; 168 is once a week. */
const intervals = [6, 8, 12, 24, 168] as const

/** Of the IANA database. */
export const timeZoneField = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Not the name of a time zone, such as Europe/Paris.')
  .meta({ example: 'Europe/Paris' })

/** When sites are backed up and how long that is kept: of a plan, or of one site instead. */
export const backupPolicySchema = z
  .strictObject({
    everyHours: z.literal(intervals).meta({ description: '168 is once a week, on a day that the platform chooses' }),
    atHour: z.int().min(0).max(23).meta({ description: 'On the clocks of the time zone' }),
    timeZone: timeZoneField,
    keepDays: z.int().min(1).max(3650),
  })
  .meta({ id: 'BackupPolicy' })

export type BackupPolicy = z.infer<typeof backupPolicySchema>

/** A name of the IANA database; offsets such as +02:00 know no summer time and are refused. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
