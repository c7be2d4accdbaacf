import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCustomer } from '../testing/builders.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

interface Answer {
  id: string
  code?: string
  errors?: { pointer: string }[]
  items: { id: string }[]
}
const company = { kind: 'company', name: 'Boulangerie Dupré' }

describe('a customer', () => {
  it('is told as created, numbers without blanks', async () => {
    const { status, body } = await site.api.call<Answer>('POST', '/customers', {
      ...company,
      email: 'contact@dupre.fr',
      siren: '732 829 320',
      siret: '732 829 320 00074',
      vatNumber: 'fr 44 732829320',
      billingAddress: { line1: '1 rue du Four', postalCode: '75006', city: 'Paris' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      siren: '732829320',
      siret: '73282932000074',
      vatNumber: 'FR44732829320',
      billingAddress: { line1: '1 rue du Four', line2: null, countryCode: 'FR' },
      deliveryAddress: null,
      phone: null,
      paymentTermDays: 30,
      version: 1,
    })
    expect((await site.api.call('GET', `/customers/${body.id}`)).body).toEqual(body)
  })

  it.each([
    [{ siren: '732829321' }, '/siren'],
    [{ siret: '73282932000075' }, '/siret'],
    [{ siren: '552100554', siret: '73282932000074' }, '/siret'],
    [{ siren: '552100554', vatNumber: 'FR44732829320' }, '/vatNumber'],
    [{ vatNumber: 'FR00732829320' }, '/vatNumber'],
    [{ kind: 'person', siren: '732829320' }, '/siren'],
    [{ email: 'nobody' }, '/email'],
    [{ paymentTermDays: -1 }, '/paymentTermDays'],
    [
      { billingAddress: { line1: 'x', postalCode: '1', city: 'y', countryCode: 'France' } },
      '/billingAddress/countryCode',
    ],
    [{ billingAddress: { line1: 'x', postalCode: '1', city: 'y', planet: 'Mars' } }, '/billingAddress/planet'],
    [{ creditLimit: '5' }, '/creditLimit'],
  ])('with %j is refused at %s', async (fields, pointer) => {
    const { status, body } = await site.api.call<Answer>('POST', '/customers', { ...company, ...fields })
    expect(status).toBe(422)
    expect(body.errors?.map((place) => place.pointer)).toEqual([pointer])
  })

  it('accepts the SIRETs of La Poste', async () => {
    await aCustomer(site.api, { name: 'La Poste', siret: '35600000049837' })
  })

  it('changes in the fields sent; rules look at the whole', async () => {
    const customer = await aCustomer(site.api, { siren: '732829320' })
    const changed = await site.api.call(
      'PATCH',
      `/customers/${customer.id}`,
      { paymentTermDays: 45 },
      { 'if-match': '"v1"' },
    )
    expect(changed.body).toMatchObject({ siren: '732829320', paymentTermDays: 45, version: 2 })
    const person = await site.api.call<Answer>('PATCH', `/customers/${customer.id}`, { kind: 'person' })
    expect([person.status, person.body.code]).toEqual([422, 'customer-invalid'])
    const stale = await site.api.call<Answer>(
      'PATCH',
      `/customers/${customer.id}`,
      { name: 'Non' },
      { 'if-match': '"v1"' },
    )
    expect([stale.status, stale.body.code]).toEqual([412, 'version-stale'])
  })

  it('is found by name, city and number', async () => {
    const billingAddress = { line1: '2 quai', postalCode: '59000', city: 'Dunkerque-Épinal' }
    const customer = await aCustomer(site.api, { name: 'Société Générale de Bœuf', siren: '552100554', billingAddress })
    for (const search of ['boeuf societe', '552100', 'dunkerque epinal']) {
      const { body } = await site.api.call<Answer>('GET', `/customers?search=${encodeURIComponent(search)}`)
      expect(body.items.map(({ id }) => id)).toEqual([customer.id])
    }
  })
})
