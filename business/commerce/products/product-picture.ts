/**
 * Pictures. The bytes go to the object store first and the product points at them afterwards, so a product never shows
 * a picture that is not there. The picture it replaces is removed by the handler of ProductPictureChanged: after the
 * commit, and also after a crash. An upload whose command fails is removed at once; a crash between the two leaves an
 * object that nobody points at, which costs room and nothing else.
 */
import { newId } from '@platen/kit/ids'
import { notFound, runCommand, type Command, type CommerceContext } from '../commands/index.ts'
import { ProductPictureChanged } from './events.ts'
import { inspectPicture, MAX_PICTURE_BYTES, type PictureFacts } from './picture.ts'
import { productProblems } from './problems.ts'
import { refusalOf, type Picture, type Product } from './product.ts'
import { findProduct, lockProduct, updateProduct } from './product-store.ts'
import { archived } from './save-product.ts'

export interface Upload {
  content: Buffer
  contentType: string
}

export async function putPicture(context: CommerceContext, productId: string, upload: Upload): Promise<Product> {
  const facts = inspectPicture(upload.content, upload.contentType)
  if (typeof facts === 'string') throw productProblems.problem('picture-refused', facts)
  const product = await findProduct(context.db, productId)
  if (!product) throw notFound('product')
  if (refusalOf('edit', product) !== null) throw archived(product)
  await assertRoom(context, upload.content.length, product.picture?.sizeBytes ?? 0)
  const picture = await store(context, upload.content, facts)
  try {
    return await runCommand(context, (command) => setPicture(command, productId, picture))
  } catch (error) {
    await context.objects.remove(picture.key)
    throw error
  }
}

export async function removePicture(context: CommerceContext, productId: string): Promise<Product> {
  return runCommand(context, (command) => setPicture(command, productId, null))
}

// Checked before the upload against what the site stores now: uploads at the same moment may pass together.
async function assertRoom({ objects, plan }: CommerceContext, addedBytes: number, freedBytes: number): Promise<void> {
  const { sizeBytes: usedBytes } = await objects.usage()
  const limitBytes = plan.maxStorageBytes
  if (usedBytes + addedBytes - freedBytes <= limitBytes) return
  throw productProblems.problem(
    'storage-quota-reached',
    `The plan holds ${limitBytes} bytes, ${usedBytes} are used, the picture needs ${addedBytes}.`,
    { extensions: { limitBytes, usedBytes, neededBytes: addedBytes } },
  )
}

async function store({ objects }: CommerceContext, content: Buffer, facts: PictureFacts): Promise<Picture> {
  const key = newId()
  const { sizeBytes } = await objects.put(key, content, { contentType: facts.contentType, maxBytes: MAX_PICTURE_BYTES })
  return { key, sizeBytes, ...facts }
}

async function setPicture(command: Command, productId: string, picture: Picture | null): Promise<Product> {
  const before = await lockProduct(command.tx, productId)
  if (!before) throw notFound('product')
  if (refusalOf('edit', before) !== null) throw archived(before)
  if (picture === null && before.picture === null) return before
  const after: Product = { ...before, picture, version: before.version + 1, updatedAt: command.at }
  await updateProduct(command.tx, after)
  const keys = { previousKey: before.picture?.key ?? null, currentKey: picture?.key ?? null }
  await command.record({
    action: picture === null ? 'product.picture-removed' : 'product.picture-changed',
    resource: 'product',
    resourceId: productId,
    changes: { picture: { before: before.picture, after: picture } },
    events: [ProductPictureChanged.of(productId, { productId, ...keys })],
  })
  return after
}
