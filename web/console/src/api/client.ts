import { Api, createQueryClient } from '@platen/ui'

/** The manager's API, on the console's own host. */
export const api = new Api()
export const queryClient = createQueryClient(api)
