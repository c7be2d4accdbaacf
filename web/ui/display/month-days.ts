/** Days as `2026-11-28` and months as `2026-11`, in the reader's own time zone. Pure: no clock. */

/** The day on which a moment falls here. */
export function dayOf(moment: Date): string {
  return `${monthOf(moment)}-${twoDigits(moment.getDate())}`
}

export function monthOf(moment: Date): string {
  return `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}`
}

/** The month `count` months later, or earlier. */
export function addMonths(month: string, count: number): string {
  const first = firstOf(month)
  return monthOf(new Date(first.getFullYear(), first.getMonth() + count, 1))
}

/** The weeks of a month, Monday first; days of its neighbours are null. */
export function weeksOf(month: string): (string | null)[][] {
  const first = firstOf(month)
  const count = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate()
  const before = (first.getDay() + 6) % 7
  const cells: (string | null)[] = [
    ...Array.from({ length: before }, () => null),
    ...Array.from({ length: count }, (_, index) => `${month}-${twoDigits(index + 1)}`),
  ]
  while (cells.length % 7 !== 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/** Noon of a day: no change of the clocks moves it to another one. */
export function noonOf(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date, 12)
}

const firstOf = (month: string): Date => noonOf(`${month}-01`)

const twoDigits = (value: number): string => String(value).padStart(2, '0')
