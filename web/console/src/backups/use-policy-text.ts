import { useTranslation } from 'react-i18next'
import type { BackupPolicy } from '../api/types.ts'

/** "Every day at about 02:00 (Europe/Paris). Each backup is kept for 30 days." */
export function usePolicyText(): (policy: BackupPolicy) => string {
  const { t } = useTranslation()
  return ({ everyHours, atHour, timeZone, keepDays }) => {
    const when = t(`schedule.every.${everyHours}`, { hour: hourText(atHour), zone: timeZone })
    return `${when} ${t('schedule.kept', { count: keepDays })}`
  }
}

export const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
