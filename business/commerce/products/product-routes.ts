import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { acceptStreams, expectedVersion, pageOf, type HttpServer } from '@platen/kit/http'
import {
  idParams,
  notFound,
  ROUTE_PREFIX,
  runCommand,
  runIdempotentCommand,
  type ContextOf,
} from '../commands/index.ts'
import { MAX_PICTURE_BYTES, PICTURE_TYPES } from './picture.ts'
import { productProblems } from './problems.ts'
import type { ProductDetails } from './product.ts'
import { putPicture, removePicture } from './product-picture.ts'
import { findProduct, listProducts, productList } from './product-store.ts'
import { productInput, productPatch, productSchema, productView, readDetails } from './product-view.ts'
import { changeProduct, createProduct, setArchival } from './save-product.ts'
import { UploadsInHand } from './uploads-in-hand.ts'

const PRODUCTS = `${ROUTE_PREFIX}/products`
const PRODUCT = `${PRODUCTS}/:id`
const read = { kind: 'permission', permission: 'products.read' } as const
const write = { kind: 'permission', permission: 'products.write' } as const
const tags = ['products']

export function registerProductRoutes(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  registerReads(app, contextOf)
  registerWrites(app, contextOf)
  registerArchival(app, contextOf)
  registerPictures(app, contextOf)
}

function registerReads(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.get(
    PRODUCTS,
    {
      config: { policy: read },
      schema: {
        tags,
        summary: 'Products, newest first',
        querystring: productList.query,
        response: { 200: pageOf(productSchema) },
      },
    },
    async (request) => {
      const context = await contextOf(request)
      const page = await listProducts(context.db, request.query)
      return { ...page, items: await Promise.all(page.items.map((product) => productView(context, product))) }
    },
  )
  app.get(
    PRODUCT,
    {
      config: { policy: read, problems: ['not-found'], versioned: true },
      schema: { tags, summary: 'One product', params: idParams, response: { 200: productSchema } },
    },
    async (request) => {
      const context = await contextOf(request)
      const product = await findProduct(context.db, request.params.id)
      if (!product) throw notFound('product')
      return productView(context, product)
    },
  )
}

function registerWrites(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.post(
    PRODUCTS,
    {
      config: { policy: write, problems: ['sku-taken', 'product-invalid'], idempotent: true },
      schema: { tags, summary: 'Create a product', body: productInput, response: { 201: productSchema } },
    },
    async (request, reply) => {
      const context = await contextOf(request)
      // productInput requires or defaults every field, so nothing is missing from the details.
      const details = readDetails(request.body) as ProductDetails
      const answer = await runIdempotentCommand(context, request, async (command) => ({
        status: 201,
        body: await productView(context, await createProduct(command, details)),
      }))
      return reply.code(201).send(answer.body)
    },
  )
  app.patch(
    PRODUCT,
    {
      config: {
        policy: write,
        problems: ['not-found', 'sku-taken', 'product-invalid', 'product-archived', 'product-has-stock'],
        versioned: true,
      },
      schema: {
        tags,
        summary: 'Change a product',
        params: idParams,
        body: productPatch,
        response: { 200: productSchema },
      },
    },
    async (request) => {
      const context = await contextOf(request)
      const change = { details: readDetails(request.body), versions: expectedVersion(request) }
      return productView(
        context,
        await runCommand(context, (command) => changeProduct(command, request.params.id, change)),
      )
    },
  )
}

function registerArchival(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  const url = `${PRODUCT}/archival`
  const config = { policy: write, problems: ['not-found'] }
  const answers = { params: idParams, response: { 200: productSchema } }
  app.put(url, { config, schema: { tags, summary: 'Archive a product', ...answers } }, async (request) => {
    const context = await contextOf(request)
    return productView(context, await runCommand(context, (command) => setArchival(command, request.params.id, true)))
  })
  app.delete(url, { config, schema: { tags, summary: 'Restore a product', ...answers } }, async (request) => {
    const context = await contextOf(request)
    return productView(context, await runCommand(context, (command) => setArchival(command, request.params.id, false)))
  })
}

function registerPictures(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  const url = `${PRODUCT}/picture`
  const answers = { params: idParams, response: { 200: productSchema } }
  app.delete(
    url,
    {
      config: { policy: write, problems: ['not-found', 'product-archived'] },
      schema: { tags, summary: 'Remove the picture', ...answers },
    },
    async (request) => {
      const context = await contextOf(request)
      return productView(context, await removePicture(context, request.params.id))
    },
  )
  const uploads = new UploadsInHand()
  // A scope of its own: only here is a body something else than JSON.
  void app.register(async (scope: HttpServer) => {
    acceptStreams(scope, PICTURE_TYPES)
    scope.put(
      url,
      {
        bodyLimit: MAX_PICTURE_BYTES,
        config: {
          policy: write,
          problems: [
            'not-found',
            'product-archived',
            'picture-refused',
            'storage-quota-reached',
            'too-large',
            'unsupported-media-type',
            'uploads-busy',
          ],
        },
        schema: {
          tags,
          summary: 'Set the picture: the body is the file itself (PNG, JPEG, WebP or GIF, at most 10 MiB)',
          ...answers,
        },
      },
      async (request) => {
        const context = await contextOf(request)
        const { body } = request
        if (!(body instanceof Readable)) throw productProblems.problem('picture-refused', 'The body is not a picture.')
        const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
        const product = await uploads.take(context.siteId, async () =>
          putPicture(context, request.params.id, { content: await buffer(body), contentType }),
        )
        return productView(context, product)
      },
    )
  })
}
