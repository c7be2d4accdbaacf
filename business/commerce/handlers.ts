import type { EventHandler } from '@platen/kit/outbox'
import type { ObjectStoreLike } from './commands/index.ts'
import { ProductPictureChanged } from './products/index.ts'

/**
 * What commerce does after a commit, as outbox deliveries of one site.
 * @param objects the store of the site whose outbox is delivered.
 */
export function commerceHandlers(objects: Pick<ObjectStoreLike, 'remove'>): EventHandler[] {
  return [
    {
      name: 'commerce.remove-replaced-picture',
      types: [ProductPictureChanged.type],
      // Removing what is gone already succeeds, so at-least-once is enough.
      async send(event) {
        const { previousKey } = ProductPictureChanged.payload.parse(event.payload)
        if (previousKey !== null) await objects.remove(previousKey)
      },
    },
  ]
}
