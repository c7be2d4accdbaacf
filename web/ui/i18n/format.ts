/** An amount as the API writes it: exact decimal text and an ISO 4217 code. */
export interface Money {
  amount: string
  currency: string
}

export interface Formatter {
  money(value: Money): string
  quantity(value: string | number): string
  percent(value: string | number): string
  bytes(value: number): string
  dateTime(iso: string): string
  date(iso: string): string
  time(iso: string): string
  /** The time of day to the millisecond, for lines of a log. */
  clock(iso: string): string
  ago(iso: string, now?: number): string
  duration(milliseconds: number): string
  /** `2026-11-28` in words. */
  day(day: string): string
  /** `2026-11` in words. */
  month(month: string): string
  /** Monday first. */
  weekdays(): { short: string; long: string }[]
}

/** Formats for one language. Decimal text goes to Intl as text, so no digit is lost on the way. */
export function createFormatter(language: string): Formatter {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB'
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return {
    money: (value) => formatMoney(locale, value),
    quantity: (value) => number.format(decimal(value)),
    percent: (value) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit: 'percent', maximumFractionDigits: 2 }).format(
        decimal(value),
      ),
    bytes: (value) => formatBytes(locale, value),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    date: (iso) => date.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    clock: (iso) => clock.format(new Date(iso)),
    ago: (iso, now = Date.now()) => formatAgo(relative, new Date(iso).getTime() - now),
    duration: (milliseconds) => formatDuration(locale, milliseconds),
    day: (day) => new Intl.DateTimeFormat(locale, { ...utc, dateStyle: 'full' }).format(new Date(`${day}T12:00Z`)),
    month: (month) =>
      new Intl.DateTimeFormat(locale, { ...utc, month: 'long', year: 'numeric' }).format(
        new Date(`${month}-15T12:00Z`),
      ),
    weekdays: () => weekdays(locale),
  }
}

/**
 * Decimal text as the API wants it from what a person typed: spaces of any kind are dropped and a comma is a decimal point.
 * Text that is no number comes back trimmed, for the server (or the form) to refuse.
 */
export function toDecimalText(typed: string): string {
  return typed.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.')
}

export function isDecimalText(text: string, maxDecimals: number): boolean {
  return new RegExp(`^\\d{1,12}(\\.\\d{1,${maxDecimals}})?$`).test(toDecimalText(text))
}

const utc = { timeZone: 'UTC' } as const

function weekdays(locale: string): { short: string; long: string }[] {
  const short = new Intl.DateTimeFormat(locale, { ...utc, weekday: 'short' })
  const long = new Intl.DateTimeFormat(locale, { ...utc, weekday: 'long' })
  // 1 January 2024 was a Monday.
  const days = Array.from({ length: 7 }, (_, index) => new Date(Date.UTC(2024, 0, 1 + index)))
  return days.map((day) => ({ short: short.format(day), long: long.format(day) }))
}

function formatMoney(locale: string, { amount, currency }: Money): string {
  const decimals = amount.split('.')[1]?.replace(/0+$/, '').length ?? 0
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: Math.max(2, Math.min(decimals, 6)),
  })
  return format.format(decimal(amount))
}

function decimal(value: string | number): Intl.StringNumericLiteral | number {
  // Intl takes decimal text exactly; the type asks for a template literal that text from outside cannot have.
  return value as Intl.StringNumericLiteral | number
}

function formatBytes(locale: string, value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  })
  return format.format(value / 1000 ** power)
}

function formatAgo(relative: Intl.RelativeTimeFormat, differenceMs: number): string {
  const seconds = Math.round(differenceMs / 1000)
  if (Math.abs(seconds) < 60) return relative.format(seconds, 'second')
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (Math.abs(seconds) < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

function formatDuration(locale: string, milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 60) {
    const digits = seconds < 10 ? 1 : 0
    const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    return `${format.format(seconds)} s`
  }
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
}
