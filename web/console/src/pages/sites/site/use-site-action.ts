import type { Method } from '@platen/ui'
import { api } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { UseMutationResult } from '@tanstack/react-query'
import { operationQuery, siteQuery } from '../../../api/queries.ts'
import type { Site, SiteWork } from '../../../api/types.ts'

/** Starts something with a site; the answer says what runs now, so the page shows it without asking again. */
export function useSiteAction(
  site: Site,
  method: Method,
  resource: string,
  onStarted: (work: SiteWork) => void,
): UseMutationResult<SiteWork, Error, object | undefined> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: object | undefined) =>
      api.send<SiteWork>(method, `/sites/${site.id}${resource === '' ? '' : `/${resource}`}`, body),
    onSuccess(work) {
      client.setQueryData(siteQuery(site.id).queryKey, work.site)
      client.setQueryData(operationQuery(work.operation.id).queryKey, work.operation)
      void client.invalidateQueries({ queryKey: ['operations', 'list'] })
      onStarted(work)
    },
  })
}
