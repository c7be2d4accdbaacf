import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { LogLine } from './log-line.ts'

export interface LogFilter {
  search: string
  level: string
}

export interface LogPage {
  items: LogLine[]
  /** Where earlier and later lines are; null when there are none earlier, or no log yet. */
  older: string | null
  newer: string | null
  reachedAt: string | null
}

/** A log that can be read: which one, and how a part of it is asked for. */
export interface LogSource {
  key: readonly string[]
  read: (query: Record<string, string>, signal: AbortSignal) => Promise<LogPage>
}

const followEveryMs = 2_000
/** Kept while following; who wants more looks back by a filter. */
const mostFollowed = 2_000

/** The newest lines and, on demand, those before them; while following also what is written from then on. */
export function useLog({ key, read }: LogSource, filter: LogFilter, isFollowing: boolean) {
  const client = useQueryClient()
  const queryKey = ['logs', ...key, filter]
  const looking = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read({ ...filter, limit: '100', before: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.older,
    staleTime: Infinity,
    // A log that one comes back to is looked at afresh: its newest lines are what one comes for.
    gcTime: 0,
  })
  const start = looking.data?.pages[0]
  const followedKey = [...queryKey, 'followed', start?.newer]
  const following = useQuery({
    queryKey: followedKey,
    queryFn: async ({ signal }): Promise<Pick<LogPage, 'items' | 'newer'>> => {
      const before = client.getQueryData<Pick<LogPage, 'items' | 'newer'>>(followedKey)
      const after = before?.newer ?? start?.newer ?? ''
      const { items, newer } = await read({ ...filter, limit: '200', after }, signal)
      return { items: [...(before?.items ?? []), ...items].slice(-mostFollowed), newer }
    },
    enabled: isFollowing && start !== undefined,
    refetchInterval: followEveryMs,
    gcTime: 0,
  })
  const older = looking.data?.pages.toReversed().flatMap((page) => page.items) ?? []
  return { looking, lines: [...older, ...(following.data?.items ?? [])] }
}
