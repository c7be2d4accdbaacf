import { api } from '@platen/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isOver, operationQuery } from './queries.ts'
import type { Operation } from './types.ts'

/** An operation, followed by its event stream until it ends; a broken stream is taken up again. */
export function useLiveOperation(id: string): UseQueryResult<Operation> {
  const client = useQueryClient()
  const query = useQuery(operationQuery(id))
  const isFollowed = query.data !== undefined && !isOver(query.data)

  // A subscription, not a fetch: what it hears goes into the query cache, where every reader finds it.
  useEffect(() => {
    if (!isFollowed) return
    const abort = new AbortController()
    void follow(id, abort.signal, (operation) => {
      client.setQueryData(operationQuery(id).queryKey, operation)
      if (isOver(operation)) void client.invalidateQueries({ queryKey: ['sites'] })
    })
    return () => abort.abort()
  }, [client, id, isFollowed])
  return query
}

async function follow(id: string, signal: AbortSignal, onChange: (operation: Operation) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const operation of api.events<Operation>(`/operations/${id}/events`, 'operation', signal)) {
        onChange(operation)
        if (isOver(operation)) return
      }
    } catch {
      // Shown by the connection banner; the poll of the query goes on meanwhile.
    }
    await pause(1000, signal)
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
