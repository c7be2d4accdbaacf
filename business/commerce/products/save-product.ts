import { assertUnchanged } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { violates } from '@platen/kit/sql'
import { differences, notFound, type Command } from '../commands/index.ts'
import { percentView, unitPriceView } from '../money/index.ts'
import { lockLevel, openBalance } from '../stock/index.ts'
import { ProductArchived, ProductCreated, ProductRestored, ProductUpdated } from './events.ts'
import { productProblems } from './problems.ts'
import { objectionsTo, refusalOf, type Product, type ProductDetails } from './product.ts'
import { findProduct, insertProduct, lockProduct, updateProduct } from './product-store.ts'

/** Creates a product; goods get their balance in the same transaction. */
export async function createProduct(command: Command, details: ProductDetails): Promise<Product> {
  const { tx, at } = command
  assertValid(details)
  const state = { picture: null, stock: null, archivedAt: null, version: 1, createdAt: at, updatedAt: at }
  const product: Product = { ...details, ...state, id: newId() }
  await refusingTakenSku(product, () => insertProduct(tx, product))
  if (product.kind === 'goods') await openBalance(tx, product.id)
  await command.record({
    action: 'product.created',
    resource: 'product',
    resourceId: product.id,
    changes: differences({}, details),
    events: [ProductCreated.of(product.id, payloadOf(product))],
  })
  return reread(command, product.id)
}

/** Changes a product. `versions`, if given, are those the change may be made from. */
export async function changeProduct(
  command: Command,
  id: string,
  change: { details: Partial<ProductDetails>; versions: readonly number[] | undefined },
): Promise<Product> {
  const { tx, at } = command
  const before = await lockProduct(tx, id)
  if (!before) throw notFound('product')
  assertUnchanged(before, change.versions)
  if (refusalOf('edit', before) !== null) throw archived(before)
  const after: Product = { ...before, ...change.details, version: before.version + 1, updatedAt: at }
  assertValid(after)
  const changes = differences(before, { ...before, ...change.details })
  if (Object.keys(changes).length === 0) return before
  await changeKind(command, before, after)
  await refusingTakenSku(after, () => updateProduct(tx, after))
  await command.record({
    action: 'product.updated',
    resource: 'product',
    resourceId: id,
    changes,
    events: [ProductUpdated.of(id, payloadOf(after))],
  })
  return reread(command, id)
}

/** Archives or restores. Asking for the state it is in already changes nothing. */
export async function setArchival(command: Command, id: string, isArchived: boolean): Promise<Product> {
  const before = await lockProduct(command.tx, id)
  if (!before) throw notFound('product')
  if (refusalOf(isArchived ? 'archive' : 'restore', before) !== null) return before
  const archivedAt = isArchived ? command.at : null
  const after: Product = { ...before, archivedAt, version: before.version + 1, updatedAt: command.at }
  await updateProduct(command.tx, after)
  const definition = isArchived ? ProductArchived : ProductRestored
  await command.record({
    action: isArchived ? 'product.archived' : 'product.restored',
    resource: 'product',
    resourceId: id,
    events: [definition.of(id, { productId: id, sku: after.sku, version: after.version })],
  })
  return after
}

export function archived(product: Product) {
  return productProblems.problem('product-archived', `${product.sku} is archived.`)
}

function assertValid(details: ProductDetails): void {
  const errors = objectionsTo(details)
  if (errors.length === 0) return
  const [first] = errors
  throw productProblems.problem('product-invalid', `${first?.pointer.slice(1)} ${first?.message}.`, { errors })
}

async function changeKind({ tx }: Command, before: Product, after: Product): Promise<void> {
  if (before.kind === after.kind) return
  if (after.kind === 'goods') return openBalance(tx, after.id)
  const level = await lockLevel(tx, after.id)
  if (level && (level.onHand !== 0n || level.reserved !== 0n)) {
    throw productProblems.problem('product-has-stock', `${before.sku} has stock, so it stays goods.`)
  }
}

async function refusingTakenSku(product: Product, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!violates(error, 'products_sku_key')) throw error
    throw productProblems.problem('sku-taken', `The SKU ${product.sku} belongs to another product.`, {
      errors: [{ pointer: '/sku', message: 'belongs to another product, which may be archived' }],
    })
  }
}

async function reread(command: Command, id: string): Promise<Product> {
  const product = await findProduct(command.tx, id)
  if (!product) throw new Error(`product ${id} vanished within the transaction that wrote it`)
  return product
}

function payloadOf(product: Product) {
  const { id, sku, name, kind, unit, vat, barcode, version } = product
  return {
    productId: id,
    sku,
    name,
    kind,
    unit,
    vat: { category: vat.category, rate: percentView(vat.rate) },
    unitPrice: unitPriceView(product.unitPrice, product.currency),
    barcode,
    version,
  }
}
