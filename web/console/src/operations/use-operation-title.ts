import { useTranslation } from 'react-i18next'
import type { Operation } from '../api/types.ts'

/** "Create the site shop": what an operation does, to what. */
export function useOperationTitle(): (
  operation: Pick<Operation, 'type'> & { subject?: Operation['subject'] },
) => string {
  const { t } = useTranslation()
  return ({ type, subject }) =>
    t(`operation.${type}`, { name: subject?.label ?? '', defaultValue: `${type} ${subject?.label ?? ''}` }).trim()
}
