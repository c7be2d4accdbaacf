import { Panel, PropertyList, QueryView } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { setupQuery } from '../../api/queries.ts'

/** What was settled when the platform was installed. */
export function PlatformFacts() {
  const { t } = useTranslation()
  return (
    <Panel title={t('settings.facts')} description={t('settings.factsText')}>
      <QueryView query={useQuery(setupQuery)}>
        {({ zone, consoleUrl, version }) => (
          <PropertyList
            items={[
              { label: t('settings.zone'), value: zone },
              { label: t('settings.console'), value: consoleUrl },
              { label: t('accountPage.version'), value: version },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  )
}
