/** Units of UNECE Recommendation 20 that small businesses sell in; BT-130 of an e-invoice is this code. */
export const UNITS = [
  { code: 'C62', en: 'piece', fr: 'pièce' },
  { code: 'HUR', en: 'hour', fr: 'heure' },
  { code: 'MIN', en: 'minute', fr: 'minute' },
  { code: 'DAY', en: 'day', fr: 'jour' },
  { code: 'WEE', en: 'week', fr: 'semaine' },
  { code: 'MON', en: 'month', fr: 'mois' },
  { code: 'ANN', en: 'year', fr: 'année' },
  { code: 'KGM', en: 'kilogram', fr: 'kilogramme' },
  { code: 'GRM', en: 'gram', fr: 'gramme' },
  { code: 'MGM', en: 'milligram', fr: 'milligramme' },
  { code: 'TNE', en: 'tonne', fr: 'tonne' },
  { code: 'MTR', en: 'metre', fr: 'mètre' },
  { code: 'CMT', en: 'centimetre', fr: 'centimètre' },
  { code: 'MMT', en: 'millimetre', fr: 'millimètre' },
  { code: 'KMT', en: 'kilometre', fr: 'kilomètre' },
  { code: 'MTK', en: 'square metre', fr: 'mètre carré' },
  { code: 'HAR', en: 'hectare', fr: 'hectare' },
  { code: 'MTQ', en: 'cubic metre', fr: 'mètre cube' },
  { code: 'LTR', en: 'litre', fr: 'litre' },
  { code: 'CLT', en: 'centilitre', fr: 'centilitre' },
  { code: 'MLT', en: 'millilitre', fr: 'millilitre' },
  { code: 'HLT', en: 'hectolitre', fr: 'hectolitre' },
  { code: 'KWH', en: 'kilowatt hour', fr: 'kilowattheure' },
  { code: 'MWH', en: 'megawatt hour', fr: 'mégawattheure' },
  { code: 'XBX', en: 'box', fr: 'boîte' },
  { code: 'XCT', en: 'carton', fr: 'carton' },
  { code: 'XPK', en: 'package', fr: 'paquet' },
  { code: 'XPX', en: 'pallet', fr: 'palette' },
  { code: 'XBO', en: 'bottle', fr: 'bouteille' },
  { code: 'XSA', en: 'sack', fr: 'sac' },
  { code: 'XRO', en: 'roll', fr: 'rouleau' },
  { code: 'PR', en: 'pair', fr: 'paire' },
  { code: 'DZN', en: 'dozen', fr: 'douzaine' },
  { code: 'SET', en: 'set', fr: 'ensemble' },
  { code: 'LS', en: 'lump sum', fr: 'forfait' },
  { code: 'E48', en: 'service unit', fr: 'unité de service' },
] as const

const CODES: ReadonlySet<string> = new Set(UNITS.map((unit) => unit.code))

export function isUnit(code: string): boolean {
  return CODES.has(code)
}
