import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** The way on, and the way back: the address knows the step before. */
export function WizardButtons({ children, onBack }: { children: ReactNode; onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <Group mt="md">
      {children}
      <Button variant="default" onClick={onBack}>
        {t('restore.back')}
      </Button>
    </Group>
  )
}
