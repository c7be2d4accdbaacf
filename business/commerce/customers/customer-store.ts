/** Every SQL statement that writes `commerce.customers`. */
import { defineList, searchPatterns, searchText, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, sql, type Db, type Tx } from '@platen/kit/sql'
import type { Address, Customer, CustomerKind } from './customer.ts'

/** Filters and sort of the customers. */
export const customerList = defineList({
  fields: {
    name: { type: 'text', column: sql`name`, sort: true },
    kind: { type: 'enum', values: ['company', 'person'], column: sql`kind` },
    email: { type: 'text', column: sql`email`, sort: true, isNullable: true },
    phone: { type: 'text', column: sql`phone` },
    siren: { type: 'text', column: sql`siren` },
    siret: { type: 'text', column: sql`siret` },
    vatNumber: { type: 'text', column: sql`vat_number` },
    createdAt: { type: 'time', column: sql`created_at`, sort: 'as-created' },
    updatedAt: { type: 'time', column: sql`updated_at`, sort: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`id` },
  search: (text) => sql`search_text LIKE ALL (${searchPatterns(text)}::text[])`,
  searchDescription: 'Words of name, e-mail, phone, SIREN, VAT number or city; accents and case do not matter.',
})

export function listCustomers(db: Db, query: ListQuery): Promise<Page<Customer>> {
  return customerList.read(
    db,
    query,
    ({ key, where, rest }) => sql<CustomerRow>`SELECT *, ${key} FROM commerce.customers WHERE ${where} ${rest}`,
    toCustomer,
  )
}

export async function findCustomer(db: Db, id: string): Promise<Customer | undefined> {
  const row = await maybe<CustomerRow>(db, sql`SELECT * FROM commerce.customers WHERE id = ${id}`)
  return row && toCustomer(row)
}

/** The customer, changed by nobody else before the transaction ends. */
export async function lockCustomer(tx: Tx, id: string): Promise<Customer | undefined> {
  const row = await maybe<CustomerRow>(tx, sql`SELECT * FROM commerce.customers WHERE id = ${id} FOR NO KEY UPDATE`)
  return row && toCustomer(row)
}

export async function insertCustomer(tx: Tx, customer: Customer): Promise<void> {
  await sql`
    INSERT INTO commerce.customers (id, kind, name, email, phone, siren, siret, vat_number, billing_address,
      delivery_address, payment_term_days, search_text, version, created_at, updated_at)
    VALUES (${customer.id}, ${customer.kind}, ${customer.name}, ${customer.email}, ${customer.phone}, ${customer.siren},
      ${customer.siret}, ${customer.vatNumber}, ${json(customer.billingAddress)}, ${json(customer.deliveryAddress)},
      ${customer.paymentTermDays}, ${searchTextOf(customer)}, ${customer.version}, ${customer.createdAt},
      ${customer.updatedAt})`.execute(tx)
}

export async function updateCustomer(tx: Tx, customer: Customer): Promise<void> {
  await sql`
    UPDATE commerce.customers SET kind = ${customer.kind}, name = ${customer.name}, email = ${customer.email},
      phone = ${customer.phone}, siren = ${customer.siren}, siret = ${customer.siret}, vat_number = ${customer.vatNumber},
      billing_address = ${json(customer.billingAddress)}, delivery_address = ${json(customer.deliveryAddress)},
      payment_term_days = ${customer.paymentTermDays}, search_text = ${searchTextOf(customer)},
      version = ${customer.version}, updated_at = ${customer.updatedAt}
    WHERE id = ${customer.id}`.execute(tx)
}

interface CustomerRow {
  id: string
  kind: CustomerKind
  name: string
  email: string | null
  phone: string | null
  siren: string | null
  siret: string | null
  vat_number: string | null
  billing_address: Address | null
  delivery_address: Address | null
  payment_term_days: number
  version: number
  created_at: Date
  updated_at: Date
}

function toCustomer(row: CustomerRow): Customer {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    email: row.email,
    phone: row.phone,
    siren: row.siren,
    siret: row.siret,
    vatNumber: row.vat_number,
    billingAddress: row.billing_address,
    deliveryAddress: row.delivery_address,
    paymentTermDays: row.payment_term_days,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function json(address: Address | null): string | null {
  return address && JSON.stringify(address)
}

function searchTextOf(customer: Customer): string {
  const { name, email, phone, siren, siret, vatNumber, billingAddress } = customer
  return searchText([name, email, phone?.replaceAll(' ', ''), siren, siret, vatNumber, billingAddress?.city])
}
