import type { TFunction } from 'i18next'
import type { Alert } from '../api/types.ts'

/** In the reader's language; what a newer manager raises is told as the manager tells it. */
export const alertTitle = (t: TFunction, alert: Alert): string =>
  t(`alert.${alert.kind}.title`, { defaultValue: alert.title })

export const alertAdvice = (t: TFunction, alert: Alert): string =>
  t(`alert.${alert.kind}.whatToDo`, { defaultValue: alert.whatToDo })
