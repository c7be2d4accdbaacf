import { Button, Group, Stack } from '@mantine/core'
import {
  api,
  ApiCall,
  DraftNotice,
  notifySuccess,
  Page,
  placeFieldProblems,
  ProblemAlert,
  TextLink,
  useGo,
} from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Product } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { PicturePanel } from '../../../products/picture-panel.tsx'
import { ProductFields } from '../../../products/product-fields.tsx'
import { productInput, useProductFields, useProductForm } from '../../../products/product-form.ts'

export function NewProductPage() {
  const { t } = useTranslation()
  const go = useGo()
  const client = useQueryClient()
  const form = useProductForm(null)
  const fields = useProductFields()
  const [picture, setPicture] = useState<File | null>(null)
  const [left, setLeft] = useState<unknown>(null)
  const create = useMutation({
    mutationFn: () => api.send<Product>('POST', '/products', productInput(form.values)),
    async onSuccess(product) {
      form.clearDraft()
      // The product exists whatever becomes of its picture; its page shows the picture again and takes another.
      if (picture) await api.upload(`/products/${product.id}/picture`, picture).catch(setLeft)
      void client.invalidateQueries({ queryKey: ['products'] })
      notifySuccess(t('product.created', { name: product.name }))
      go.push(paths.product(product.id))
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, fields)),
  })
  return (
    <Page title={t('products.new')} back={<TextLink to={paths.products()}>{t('products.title')}</TextLink>}>
      {form.isRestored && <DraftNotice onDiscard={form.reset} />}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) create.mutate()
        }}
      >
        <Stack gap="lg">
          <ProblemAlert error={left} />
          <ProductFields form={form} />
          <PicturePanel picture={null} chosen={picture} onChoose={setPicture} />
          <Group>
            <Button type="submit" size="md" loading={create.isPending}>
              {t('product.create')}
            </Button>
          </Group>
          <ApiCall method="POST" path="/products" body={productInput(form.values)} />
        </Stack>
      </form>
    </Page>
  )
}
