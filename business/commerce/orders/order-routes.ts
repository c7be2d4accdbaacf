import type { FastifyRequest } from 'fastify'
import { expectedVersion, pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import {
  idParams,
  notFound,
  ROUTE_PREFIX,
  runCommand,
  runIdempotentCommand,
  type ContextOf,
} from '../commands/index.ts'
import { cancelOrder } from './cancel-order.ts'
import { findOrder, listOrders, orderList } from './order-store.ts'
import {
  cancellationInput,
  compositionView,
  orderInput,
  orderSchema,
  orderView,
  readDraft,
  totalsAnswer,
  totalsInput,
} from './order-view.ts'
import { changeDraft, composeOrRefuse, createDraft } from './save-draft.ts'
import { submitOrder } from './submit-order.ts'

const ORDERS = `${ROUTE_PREFIX}/orders`
const ORDER = `${ORDERS}/:id`
const read = { kind: 'permission', permission: 'orders.read' } as const
const write = { kind: 'permission', permission: 'orders.write' } as const
const tags = ['orders']
const compositionProblems = ['order-invalid', 'discount-exceeds-total', 'amount-too-large']

export function registerOrderRoutes(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  registerReads(app, contextOf)
  registerDrafts(app, contextOf)
  registerTransitions(app, contextOf)
  registerTotals(app, contextOf)
}

function registerReads(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.get(
    ORDERS,
    {
      config: { policy: read },
      schema: {
        tags,
        summary: 'Orders, newest first',
        querystring: orderList.query,
        response: { 200: pageOf(orderSchema) },
      },
    },
    async (request) => {
      const { db } = await contextOf(request)
      return mapPage(await listOrders(db, request.query), orderView)
    },
  )
  app.get(
    ORDER,
    {
      config: { policy: read, problems: ['not-found'], versioned: true },
      schema: { tags, summary: 'One order', params: idParams, response: { 200: orderSchema } },
    },
    async (request) => {
      const { db } = await contextOf(request)
      const order = await findOrder(db, request.params.id)
      if (!order) throw notFound('order')
      return orderView(order)
    },
  )
}

function registerDrafts(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.post(
    ORDERS,
    {
      config: { policy: write, problems: compositionProblems, idempotent: true },
      schema: {
        tags,
        summary: 'Write a draft',
        body: orderInput,
        response: { 201: orderSchema },
      },
    },
    async (request, reply) => {
      const answer = await runIdempotentCommand(await contextOf(request), request, async (command) => ({
        status: 201,
        body: orderView(await createDraft(command, readDraft(request.body))),
      }))
      return reply.code(201).send(answer.body)
    },
  )
  app.put(
    ORDER,
    {
      config: {
        policy: write,
        problems: ['not-found', 'order-submitted', 'order-cancelled', ...compositionProblems],
        versioned: true,
      },
      schema: { tags, summary: 'Replace a draft', params: idParams, body: orderInput, response: { 200: orderSchema } },
    },
    async (request) => {
      const change = { request: readDraft(request.body), versions: expectedVersion(request) }
      return orderView(
        await runCommand(await contextOf(request), (command) => changeDraft(command, request.params.id, change)),
      )
    },
  )
}

function registerTransitions(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.put(
    `${ORDER}/submission`,
    {
      config: {
        policy: { kind: 'permission', permission: 'orders.submit' },
        problems: ['not-found', 'order-cancelled', 'order-product-changed', 'stock-insufficient'],
      },
      schema: {
        tags,
        summary: 'Submit: reserves stock and gives the number; repeating it changes nothing',
        params: idParams,
        response: { 200: orderSchema },
      },
    },
    async (request) =>
      orderView(await runCommand(await contextOf(request), (command) => submitOrder(command, request.params.id))),
  )
  app.put(
    `${ORDER}/cancellation`,
    {
      config: { policy: { kind: 'permission', permission: 'orders.cancel' }, problems: ['not-found'] },
      schema: {
        tags,
        summary: 'Cancel: gives reserved stock back; repeating it changes nothing',
        params: idParams,
        body: cancellationInput,
        response: { 200: orderSchema },
      },
    },
    async (request) => {
      const reason = request.body?.reason ?? null
      return orderView(
        await runCommand(await contextOf(request), (command) => cancelOrder(command, request.params.id, reason)),
      )
    },
  )
}

function registerTotals(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.post(
    `${ROUTE_PREFIX}/order-totals`,
    {
      config: { policy: write, problems: compositionProblems },
      schema: {
        tags,
        summary: 'What an order of these lines would cost; nothing is stored',
        body: totalsInput,
        response: { 200: totalsAnswer },
      },
    },
    async (request) => {
      const { db } = await contextOf(request)
      const { lines, discount } = request.body
      return compositionView(await composeOrRefuse(db, { lines, discount: discount ?? null }))
    },
  )
}
