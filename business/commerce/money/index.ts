export { formatUnits, SCALE, toUnits } from './decimal.ts'
export { computeTotals, type DocumentDiscount, type Totals } from './totals.ts'
export { refuseVat, type Vat, type VatCategory } from './vat.ts'
export {
  amountSchema,
  levelSchema,
  moneySchema,
  moneyView,
  percentSchema,
  percentView,
  quantitySchema,
  quantityView,
  readVat,
  signedQuantitySchema,
  totalsSchema,
  totalsView,
  unitPriceMoneySchema,
  unitPriceSchema,
  unitPriceView,
  vatSchema,
  vatView,
  type Currency,
} from './wire.ts'
export { moneyProblems } from './problems.ts'
