import { useTranslation } from 'react-i18next'
import { EmptyState } from '../display/empty-state.tsx'
import { ButtonLink } from './links.tsx'

export function NotFound() {
  const { t } = useTranslation('ui')
  return (
    <EmptyState title={t('notFound.title')} action={<ButtonLink to="/">{t('notFound.home')}</ButtonLink>}>
      {t('notFound.text')}
    </EmptyState>
  )
}
