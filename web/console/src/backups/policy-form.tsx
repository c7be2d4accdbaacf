import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { ProblemAlert, useTextForm } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { BackupPolicy } from '../api/types.ts'
import { TimeZoneSelect } from '../forms/time-zone-select.tsx'
import classes from './policy-form.module.css'
import { hourText } from './use-policy-text.ts'

const intervals = [6, 8, 12, 24, 168] as const
const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: hourText(hour) }))

interface PolicyFormProps {
  initial: BackupPolicy
  isWorking: boolean
  error: unknown
  onSave: (policy: BackupPolicy) => void
  onCancel: () => void
}

/** What the select holds is one of them. */
const intervalOf = (text: string) => intervals.find((hours) => String(hours) === text) ?? 24

/** When backups are made and how long they are kept: of a site or of a plan. */
export function PolicyForm({ initial, isWorking, error, onSave, onCancel }: PolicyFormProps) {
  const { t } = useTranslation()
  const form = useTextForm({
    initial: {
      everyHours: String(initial.everyHours),
      atHour: String(initial.atHour),
      timeZone: initial.timeZone,
      keepDays: String(initial.keepDays),
    },
    rules: ({ keepDays }) => ({ keepDays: isDays(keepDays) ? undefined : t('schedule.keepRule') }),
  })
  function save(): void {
    const { everyHours, atHour, timeZone, keepDays } = form.values
    if (!form.isAcceptable()) return
    onSave({ everyHours: intervalOf(everyHours), atHour: Number(atHour), timeZone, keepDays: Number(keepDays) })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Stack>
        <ProblemAlert error={error} />
        <div className={classes.fields}>
          <NativeSelect
            label={t('schedule.howOften')}
            data={intervals.map((value) => ({ value: String(value), label: t(`schedule.interval.${value}`) }))}
            {...form.field('everyHours')}
          />
          <NativeSelect label={t('schedule.hour')} data={hours} {...form.field('atHour')} />
          <TimeZoneSelect
            label={t('schedule.timeZone')}
            value={form.values.timeZone}
            onChange={(zone) => form.setValue('timeZone', zone)}
          />
          <TextInput label={t('schedule.keep')} inputMode="numeric" {...form.field('keepDays')} />
        </div>
        <Group>
          <Button type="submit" loading={isWorking}>
            {t('schedule.save')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {t('schedule.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const isDays = (text: string): boolean => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3650
