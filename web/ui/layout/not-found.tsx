import { useTranslation } from 'react-i18next'
import { EmptyState } from '../display/empty-state.tsx'
import classes from './error-boundary.module.css'
import { ButtonLink } from './links.tsx'

export function NotFound() {
  const { t } = useTranslation('ui')
  return (
    <main className={classes.bare}>
      <title>{`${t('notFound.title')} · Platen`}</title>
      <EmptyState level={1} title={t('notFound.title')} action={<ButtonLink to="/">{t('notFound.home')}</ButtonLink>}>
        {t('notFound.text')}
      </EmptyState>
    </main>
  )
}
