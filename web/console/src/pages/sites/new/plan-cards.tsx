import { Radio, VisuallyHidden } from '@mantine/core'
import { useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../api/types.ts'
import classes from './plan-cards.module.css'

export function PlanCards({
  plans,
  value,
  onChange,
}: {
  plans: readonly Plan[]
  value: string
  onChange: (plan: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Radio.Group value={value} onChange={onChange} label={<VisuallyHidden>{t('newSite.planTitle')}</VisuallyHidden>}>
      <div className={classes.cards}>
        {plans.map((plan) => (
          <Radio.Card key={plan.id} value={plan.name} className={classes.card} aria-label={plan.title}>
            <Radio.Indicator />
            <span className={classes.words}>
              <span className={classes.title}>{plan.title}</span>
              <span>
                {Number(plan.price.amount) === 0
                  ? t('newSite.free')
                  : t('newSite.perMonth', { price: format.money(plan.price) })}
              </span>
              <span className={classes.limits}>
                {t('newSite.limits', { storage: format.bytes(plan.maxStorageBytes), count: plan.maxUsers })}
              </span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  )
}
