import { assertUnchanged } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { differences, notFound, type Command } from '../commands/index.ts'
import { objectionsTo, tidyNumbers, type Customer, type CustomerDetails } from './customer.ts'
import { insertCustomer, lockCustomer, updateCustomer } from './customer-store.ts'
import { CustomerCreated, CustomerUpdated } from './events.ts'
import { customerProblems } from './problems.ts'

export async function createCustomer(command: Command, input: CustomerDetails): Promise<Customer> {
  const details = tidyNumbers(input)
  assertValid(details)
  const customer: Customer = { ...details, id: newId(), version: 1, createdAt: command.at, updatedAt: command.at }
  await insertCustomer(command.tx, customer)
  await command.record({
    action: 'customer.created',
    resource: 'customer',
    resourceId: customer.id,
    changes: differences({}, details),
    events: [CustomerCreated.of(customer.id, payloadOf(customer))],
  })
  return customer
}

/** Changes a customer. `versions`, if given, are those the change may be made from. */
export async function changeCustomer(
  command: Command,
  id: string,
  change: { details: Partial<CustomerDetails>; versions: readonly number[] | undefined },
): Promise<Customer> {
  const before = await lockCustomer(command.tx, id)
  if (!before) throw notFound('customer')
  assertUnchanged(before, change.versions)
  const details = tidyNumbers(change.details)
  const after: Customer = { ...before, ...details, version: before.version + 1, updatedAt: command.at }
  assertValid(after)
  const changes = differences(before, { ...before, ...details })
  if (Object.keys(changes).length === 0) return before
  await updateCustomer(command.tx, after)
  await command.record({
    action: 'customer.updated',
    resource: 'customer',
    resourceId: id,
    changes,
    events: [CustomerUpdated.of(id, payloadOf(after))],
  })
  return after
}

function assertValid(details: CustomerDetails): void {
  const errors = objectionsTo(details)
  if (errors.length === 0) return
  const [first] = errors
  throw customerProblems.problem('customer-invalid', `${first?.pointer.slice(1)} ${first?.message}.`, { errors })
}

function payloadOf(customer: Customer) {
  const { id, kind, name, email, siren, vatNumber, version } = customer
  return { customerId: id, kind, name, email, siren, vatNumber, version }
}
