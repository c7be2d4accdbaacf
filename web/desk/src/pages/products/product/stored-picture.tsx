import { api, notifySuccess } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { productQuery } from '../../../api/queries.ts'
import type { Product } from '../../../api/types.ts'
import { PicturePanel } from '../../../products/picture-panel.tsx'

/** The picture of a product that exists: a chosen file is sent at once. */
export function StoredPicture({ product }: { product: Product }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (file: File | null) =>
      file
        ? api.upload<Product>(`/products/${product.id}/picture`, file)
        : api.send<Product>('DELETE', `/products/${product.id}/picture`),
    onSuccess(saved, file) {
      client.setQueryData(productQuery(product.id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['products', 'list'] })
      notifySuccess(t(file ? 'picture.saved' : 'picture.removed'))
    },
  })
  return (
    <PicturePanel
      picture={product.picture}
      chosen={change.isPending ? change.variables : null}
      onChoose={(file) => file && change.mutate(file)}
      onRemove={() => change.mutate(null)}
      isWorking={change.isPending}
      error={change.error}
    />
  )
}
