import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Holds the place of content on its way. */
export function Loading() {
  const { t } = useTranslation('ui')
  return (
    <div role="status">
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      <Skeleton height={72} radius="lg" mb="sm" />
      <Skeleton height={72} radius="lg" />
    </div>
  )
}
