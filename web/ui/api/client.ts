import { Api } from './api.ts'
import { createQueryClient } from './query-client.ts'

/** The API of the page's own host, and what the page knows of it. */
export const api = new Api()
export const queryClient = createQueryClient(api)
