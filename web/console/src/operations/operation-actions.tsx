import { Group } from '@mantine/core'
import { api, ActionButton, ConfirmDialog, ProblemAlert, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { operationQuery } from '../api/queries.ts'
import type { Operation, OperationActionName } from '../api/types.ts'
import { paths } from '../paths.ts'
import { useActionReason } from './use-action-reason.ts'

/** What each action is in the API. */
const requests = {
  cancel: { method: 'PUT', resource: 'cancellation' },
  retry: { method: 'POST', resource: 'retries' },
  undo: { method: 'POST', resource: 'reversals' },
} as const

/** What can be done about an operation now; what cannot says why. Each is asked once more, since it changes the site. */
export function OperationActions({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const reasonOf = useActionReason(operation)
  const [asked, setAsked] = useState<OperationActionName | null>(null)
  const act = useOperationAction(operation, () => setAsked(null))
  return (
    <>
      <Group gap="sm">
        {operation.actions.map(({ name }) => (
          <ActionButton
            key={name}
            variant="default"
            label={t(`operations.action.${name}`)}
            reason={reasonOf(name)}
            onClick={() => setAsked(name)}
          />
        ))}
      </Group>
      {asked === null && <ProblemAlert error={act.error} />}
      {asked !== null && (
        <ConfirmDialog
          opened
          onClose={() => setAsked(null)}
          title={t(`operations.ask.${asked}`)}
          confirmLabel={t(`operations.action.${asked}`)}
          isWorking={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate(asked)}
        >
          {t([`operations.askText.${asked}.${operation.type}`, `operations.askText.${asked}.any`])}
        </ConfirmDialog>
      )}
    </>
  )
}

/** The answer is this operation, changed, or another one that takes over: the page follows it. */
function useOperationAction(operation: Operation, onDone: () => void) {
  const client = useQueryClient()
  const go = useGo()
  return useMutation({
    mutationFn: (name: OperationActionName) =>
      api.send<Operation | { operation: Operation }>(
        requests[name].method,
        `/operations/${operation.id}/${requests[name].resource}`,
      ),
    onSuccess(answer) {
      const next = 'operation' in answer ? answer.operation : answer
      client.setQueryData(operationQuery(next.id).queryKey, next)
      void client.invalidateQueries({ queryKey: ['operations', operation.id] })
      void client.invalidateQueries({ queryKey: ['operations', 'list'] })
      void client.invalidateQueries({ queryKey: ['sites'] })
      onDone()
      if (next.id !== operation.id) go.push(paths.operation(next.id))
    },
  })
}
