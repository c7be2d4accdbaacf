import { Checkbox } from '@mantine/core'
import { QueryView } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import classes from './event-choice.module.css'
import { eventTypesQuery } from './webhook-queries.ts'

interface EventChoiceProps {
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}

/** Types of events by the names that programs know them by; none is all of them. */
export function EventChoice({ chosen, onChange }: EventChoiceProps) {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(eventTypesQuery)}>
      {({ items }) => (
        <Checkbox.Group
          label={t('webhook.events')}
          description={t('webhook.eventsText')}
          value={[...chosen]}
          onChange={onChange}
        >
          <div className={classes.events}>
            {[...new Set(items.map(({ type }) => type))].map((type) => (
              <Checkbox key={type} value={type} label={type} />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </QueryView>
  )
}
