import { Button, Radio } from '@mantine/core'
import { Panel, useFormat, useGo } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { momentOf } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { useReason } from '../use-reason.ts'
import classes from './restore-page.module.css'
import { WizardButtons } from './wizard-buttons.tsx'

/** Beside the site or in its stead. What is not possible now stays visible and says why. */
export function ChooseTarget({ site, backup }: { site: Site; backup: Backup }) {
  const { t } = useTranslation()
  const format = useFormat()
  const go = useGo()
  const objection = useReason(site, 'restore')
  const [into, setInto] = useState('new')
  const options = [
    { value: 'new', text: t('restore.intoNewText', { name: site.name }), reason: null },
    { value: 'place', text: t('restore.inPlaceText', { name: site.name }), reason: objection },
  ]
  return (
    <Panel>
      <Radio.Group
        value={into}
        onChange={setInto}
        label={t('restore.whereTo', { date: format.dateTime(momentOf(backup)) })}
      >
        <div className={classes.choices}>
          {options.map(({ value, text, reason }) => (
            <Radio.Card
              key={value}
              value={value}
              disabled={reason !== null}
              className={classes.choice}
              data-forbidden={reason !== null || undefined}
              aria-label={t(`restore.into.${value}`)}
              aria-description={reason ?? text}
            >
              <Radio.Indicator disabled={reason !== null} />
              <span className={classes.choiceWords}>
                <span className={classes.choiceTitle}>{t(`restore.into.${value}`)}</span>
                <span className={classes.choiceText}>{text}</span>
                {reason !== null && <span className={classes.choiceText}>{reason}</span>}
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      <WizardButtons onBack={() => go.push(paths.siteRestore(site.id))}>
        <Button onClick={() => go.push(paths.siteRestore(site.id, backup.id, into))}>{t('restore.next')}</Button>
      </WizardButtons>
    </Panel>
  )
}
