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
import { customerList, findCustomer, listCustomers } from './customer-store.ts'
import { customerInput, customerPatch, customerSchema, customerView, readChange } from './customer-view.ts'
import { changeCustomer, createCustomer } from './save-customer.ts'

const CUSTOMERS = `${ROUTE_PREFIX}/customers`
const CUSTOMER = `${CUSTOMERS}/:id`
const read = { kind: 'permission', permission: 'customers.read' } as const
const write = { kind: 'permission', permission: 'customers.write' } as const
const tags = ['customers']

export function registerCustomerRoutes(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  registerReads(app, contextOf)
  registerWrites(app, contextOf)
}

function registerReads(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.get(
    CUSTOMERS,
    {
      config: { policy: read },
      schema: {
        tags,
        summary: 'Customers, newest first',
        querystring: customerList.query,
        response: { 200: pageOf(customerSchema) },
      },
    },
    async (request) => {
      const { db } = await contextOf(request)
      return mapPage(await listCustomers(db, request.query), customerView)
    },
  )
  app.get(
    CUSTOMER,
    {
      config: { policy: read, problems: ['not-found'], versioned: true },
      schema: { tags, summary: 'One customer', params: idParams, response: { 200: customerSchema } },
    },
    async (request) => {
      const { db } = await contextOf(request)
      const customer = await findCustomer(db, request.params.id)
      if (!customer) throw notFound('customer')
      return customerView(customer)
    },
  )
}

function registerWrites(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.post(
    CUSTOMERS,
    {
      config: { policy: write, problems: ['customer-invalid'], idempotent: true },
      schema: { tags, summary: 'Create a customer', body: customerInput, response: { 201: customerSchema } },
    },
    async (request, reply) => {
      const context = await contextOf(request)
      const answer = await runIdempotentCommand(context, request, async (command) => ({
        status: 201,
        body: customerView(await createCustomer(command, request.body)),
      }))
      return reply.code(201).send(answer.body)
    },
  )
  app.patch(
    CUSTOMER,
    {
      config: { policy: write, problems: ['not-found', 'customer-invalid'], versioned: true },
      schema: {
        tags,
        summary: 'Change a customer',
        params: idParams,
        body: customerPatch,
        response: { 200: customerSchema },
      },
    },
    async (request) => {
      const context = await contextOf(request)
      const change = { details: readChange(request.body), versions: expectedVersion(request) }
      return customerView(await runCommand(context, (command) => changeCustomer(command, request.params.id, change)))
    },
  )
}
