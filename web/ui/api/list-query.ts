import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import type { QueryKey } from '@tanstack/react-query'
import { api } from './client.ts'

/** A page of a list, as every list of the API answers it. */
export interface ListPage<Item> {
  items: Item[]
  nextCursor: string | null
}

interface ListOptions<Item> {
  key: QueryKey
  path: string
  /** What narrows and sorts the list; empty texts are left out. */
  parameters?: Readonly<Record<string, string>>
  limit?: number
  /** How long until it is read again, by what it holds now. Without it only when somebody comes back to the page. */
  refetchInterval?: (items: readonly Item[]) => number
}

/** A list read page by page. What is on screen stays there until the answer to another search is. */
export function listQuery<Item>({ key, path, parameters, limit = 50, refetchInterval }: ListOptions<Item>) {
  return infiniteQueryOptions({
    queryKey: [...key, parameters ?? {}],
    queryFn: ({ pageParam, signal }) =>
      api.get<ListPage<Item>>(
        `${path}${queryString({ limit: String(limit), ...parameters, cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      refetchInterval === undefined ? false : refetchInterval(state.data?.pages.flatMap(({ items }) => items) ?? []),
  })
}

/** `?a=1&b=2` of what is not empty. */
export function queryString(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}
