export { divideRounded, formatUnits, parseDecimal, SCALE, toUnits } from './decimal.ts'
export {
  computeTotals,
  type Basket,
  type BasketLine,
  type DocumentDiscount,
  type Totals,
  type VatRow,
} from './totals.ts'
export { refuseVat, type Vat, type VatCategory } from './vat.ts'
export {
  amountSchema,
  currencySchema,
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
