import { VisuallyHidden } from '@mantine/core'
import { StepChecklist } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Operation } from '../api/types.ts'

/** The steps of an operation, live. */
export function OperationChecklist({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const steps = operation.steps.map((step) => ({ ...step, label: t(`step.${step.name}`, { defaultValue: step.name }) }))
  const at = steps.findIndex((step) => step.state === 'running')
  return (
    <>
      <StepChecklist label={t('operations.steps')} steps={steps} />
      <VisuallyHidden role="status">
        {at === -1 ? '' : t('operations.stepOf', { at: at + 1, of: steps.length, step: steps[at]?.label })}
      </VisuallyHidden>
    </>
  )
}
