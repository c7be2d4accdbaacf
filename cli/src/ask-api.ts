import { requestOf, type InputOf } from '../../openapi/client.ts'
import type { Operations } from '../../openapi/manager.ts'
import type { Context } from './context.ts'

type Name = keyof Operations
export type AnswerOf<Operation extends Name> = Operations[Operation]['answer']

/** One request of who is signed in, typed by the API document: `askApi(context, 'GET /sites/{id}', { path: { id } })`. */
export async function askApi<Operation extends Name>(
  { client, session }: Pick<Context, 'client' | 'session'>,
  operation: Operation,
  ...[input]: InputOf<Operations[Operation]>
): Promise<AnswerOf<Operation>> {
  const request = requestOf(operation, input)
  const { body } = await client.call({ ...request, accessToken: await session.accessToken() })
  // What the document promises; a test compares it with the routes, and the server its answers with their schemas.
  return body as AnswerOf<Operation>
}

/** Every item of a list, page by page. */
export async function allPages<Item>(
  read: (query: { limit: string; cursor?: string }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof read>> = await read({ limit: '200', ...(cursor === null ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}
