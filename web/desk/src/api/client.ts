import { Api, createQueryClient } from '@platen/ui'

/** The site's API, on the site's own host. */
export const api = new Api()
export const queryClient = createQueryClient(api)
