/** Every SQL statement that writes `commerce.customers`. */
import { maybe, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { searchPatterns, searchText } from '../lists/index.ts'
import type { Address, Customer, CustomerKind } from './customer.ts'

export interface CustomerFilter {
  search: string | undefined
  afterId: string | null
  limit: number
}

/** One row more than the limit tells that there is a next page. */
export async function listCustomers(db: Db, filter: CustomerFilter): Promise<Customer[]> {
  const found = await rows<CustomerRow>(
    db,
    sql`SELECT * FROM commerce.customers
        WHERE (${filter.afterId}::uuid IS NULL OR id < ${filter.afterId}::uuid)
          AND search_text LIKE ALL (${searchPatterns(filter.search)}::text[])
        ORDER BY id DESC LIMIT ${filter.limit + 1}`,
  )
  return found.map(toCustomer)
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
