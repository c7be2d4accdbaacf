import { Panel, TextLink } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Operation } from '../../api/types.ts'
import { OperationState } from '../../operations/operation-state.tsx'
import { RunningOperation } from '../../operations/running-operation.tsx'
import { useOperationTitle } from '../../operations/use-operation-title.ts'
import { paths } from '../../paths.ts'
import { HomeLine, HomeLines } from './home-line.tsx'

/** Followed step by step; the backups of a whole night must not become a hundred event streams. */
const followed = 2

/** What is being done right now. */
export function Running({ operations }: { operations: readonly Operation[] }) {
  const others = operations.slice(followed)
  return (
    <>
      {operations.slice(0, followed).map(({ id }) => (
        <RunningOperation key={id} id={id} />
      ))}
      {others.length > 0 && <Others operations={others} />}
    </>
  )
}

function Others({ operations }: { operations: readonly Operation[] }) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  return (
    <Panel title={t('home.alsoRunning')}>
      <HomeLines label={t('home.alsoRunning')}>
        {operations.map((operation) => (
          <HomeLine key={operation.id} badge={<OperationState state={operation.state} />}>
            <TextLink to={paths.operation(operation.id)}>{title(operation)}</TextLink>
          </HomeLine>
        ))}
      </HomeLines>
    </Panel>
  )
}
