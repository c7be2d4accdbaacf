// What a body does not name must not reach a row: whoever adds a column to a request is refused.
import type { Place } from './place.ts'
import { requestOf } from './try-pairs.ts'
import { newId } from '../../ids/index.ts'

/** Columns that somebody would like to set. */
const columns: Readonly<Record<string, unknown>> = {
  tenant_id: newId(),
  accountId: newId(),
  operator: true,
  passwordHash: 'x',
  createdAt: '2020-01-01T00:00:00Z',
  version: 1,
  gross: '0.00',
}

/** Operations that take a field nobody told them of, in sentences. Asked by who may do the most, so that nothing else refuses. */
export async function bodiesThatTakeMore(place: Place): Promise<string[]> {
  const caller = place.people['operator'] ?? place.tenants[0].owner
  const found: string[] = []
  for (const operation of place.operations.filter(({ takesBody }) => takesBody)) {
    const request = requestOf(place, operation, place.tenants[0], newId())
    for (const [name, value] of Object.entries(columns)) {
      const body = { ...asObject(request.body), [name]: value }
      const { status, text } = await place.send({ ...request, body }, caller, place.tenants[0])
      if (status !== 422 || !text.includes(`"/${name}"`))
        found.push(`${operation.name}: takes ${name} (${status} ${text.slice(0, 200)})`)
    }
  }
  return found
}

const asObject = (body: unknown): object => (typeof body === 'object' && body !== null ? body : {})
