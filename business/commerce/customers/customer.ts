/** Rules of a customer. */
import { isSiren, isSiret, isVatNumber, sirenOfVatNumber } from './identifiers.ts'

export type CustomerKind = 'company' | 'person'

export interface Address {
  line1: string
  line2: string | null
  postalCode: string
  city: string
  /** ISO 3166-1 alpha-2. */
  countryCode: string
}

export interface CustomerDetails {
  kind: CustomerKind
  name: string
  email: string | null
  phone: string | null
  siren: string | null
  siret: string | null
  vatNumber: string | null
  billingAddress: Address | null
  /** Null: the same as the billing address. */
  deliveryAddress: Address | null
  paymentTermDays: number
}

export interface Customer extends CustomerDetails {
  id: string
  version: number
  createdAt: Date
  updatedAt: Date
}

export interface Objection {
  /** JSON pointer into the body. */
  pointer: string
  message: string
}

/** Numbers as stored: without the blanks and dots people write, VAT numbers in capitals. */
export function tidyNumbers<Details extends Partial<CustomerDetails>>(details: Details): Details {
  const tidied = { ...details }
  for (const field of ['siren', 'siret', 'vatNumber'] as const) {
    const text = tidied[field]
    if (typeof text === 'string') tidied[field] = text.replaceAll(/[\s.\u00a0\u202f]/g, '').toUpperCase()
  }
  return tidied
}

export function objectionsTo(details: CustomerDetails): Objection[] {
  const { kind, siren, siret, vatNumber } = details
  const objections: Objection[] = []
  const object = (pointer: string, message: string) => objections.push({ pointer, message })
  if (kind === 'person') {
    for (const field of ['siren', 'siret', 'vatNumber'] as const) {
      if (details[field] !== null) object(`/${field}`, 'belongs to companies; a sole trader is one')
    }
    return objections
  }
  if (siren !== null && !isSiren(siren)) object('/siren', 'is not a SIREN: 9 digits with a valid check digit')
  if (siret !== null && !isSiret(siret)) object('/siret', 'is not a SIRET: 14 digits with a valid check digit')
  if (siren !== null && siret !== null && !siret.startsWith(siren)) object('/siret', 'does not belong to the SIREN')
  if (vatNumber !== null && !isVatNumber(vatNumber)) object('/vatNumber', 'is not a VAT number of the European Union')
  const own = siren ?? siret?.slice(0, 9)
  const inVatNumber = vatNumber === null ? undefined : sirenOfVatNumber(vatNumber)
  if (objections.length === 0 && own !== undefined && inVatNumber !== undefined && own !== inVatNumber) {
    object('/vatNumber', 'does not belong to the SIREN')
  }
  return objections
}
