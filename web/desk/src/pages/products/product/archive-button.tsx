import { Button } from '@mantine/core'
import { api, ConfirmDialog, notifySuccess } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { productQuery } from '../../../api/queries.ts'
import type { Product } from '../../../api/types.ts'

/** Takes a product out of sale, or back into it. Nothing is deleted: orders keep pointing at it. */
export function ArchiveButton({ product }: { product: Product }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const isArchived = product.archivedAt !== null
  const change = useMutation({
    mutationFn: () => api.send<Product>(isArchived ? 'DELETE' : 'PUT', `/products/${product.id}/archival`),
    onSuccess(saved) {
      client.setQueryData(productQuery(product.id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['products'] })
      setAsked(false)
      notifySuccess(t(isArchived ? 'product.restored' : 'product.archived'))
    },
  })
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t(isArchived ? 'product.restore' : 'product.archive')}
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t(isArchived ? 'product.restoreTitle' : 'product.archiveTitle', { name: product.name })}
        confirmLabel={t(isArchived ? 'product.restore' : 'product.archive')}
        isWorking={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
      >
        {t(isArchived ? 'product.restoreText' : 'product.archiveText')}
      </ConfirmDialog>
    </>
  )
}
