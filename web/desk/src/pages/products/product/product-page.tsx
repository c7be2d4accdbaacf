import { Button, Group, Stack } from '@mantine/core'
import {
  api,
  DraftNotice,
  notifySuccess,
  Page,
  placeFieldProblems,
  ProblemAlert,
  QueryView,
  StateBadge,
  TextLink,
  usePathParameter,
} from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { productQuery } from '../../../api/queries.ts'
import type { Product } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { ProductFields } from '../../../products/product-fields.tsx'
import { productInput, useProductFields, useProductForm } from '../../../products/product-form.ts'
import { StockPanel } from '../../../products/stock-panel.tsx'
import { ArchiveButton } from './archive-button.tsx'
import { StoredPicture } from './stored-picture.tsx'

export function ProductPage() {
  const { t } = useTranslation()
  const id = usePathParameter('id')
  return (
    <QueryView query={useQuery(productQuery(id))}>
      {(product) => (
        <Page
          title={product.name}
          description={product.sku}
          back={<TextLink to={paths.products()}>{t('products.title')}</TextLink>}
          badge={product.archivedAt !== null && <StateBadge tone="idle" label={t('product.archived')} />}
          action={<ArchiveButton product={product} />}
        >
          {product.stock && <StockPanel product={product} />}
          <StoredPicture product={product} />
          {/* A saved change makes a new form: what is typed belongs to the version it was typed on. */}
          <ProductEditor key={`${product.id} ${product.version}`} product={product} />
        </Page>
      )}
    </QueryView>
  )
}

function ProductEditor({ product }: { product: Product }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const form = useProductForm(product)
  const fields = useProductFields()
  const [left, setLeft] = useState<unknown>(null)
  const save = useMutation({
    mutationFn: () =>
      api.send<Product>('PATCH', `/products/${product.id}`, productInput(form.values), { version: product.version }),
    onSuccess(saved) {
      form.clearDraft()
      client.setQueryData(productQuery(product.id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['products'] })
      notifySuccess(t('product.saved'))
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, fields)),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) save.mutate()
      }}
    >
      <Stack gap="lg">
        {form.isRestored && <DraftNotice onDiscard={form.reset} />}
        <ProblemAlert error={left} />
        <ProductFields form={form} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={product.archivedAt !== null}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
