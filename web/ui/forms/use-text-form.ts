import { useState } from 'react'
import type { ChangeEvent } from 'react'
import { draftStore } from './draft.ts'

/**
 * A form of flat text values. Not @mantine/form: its types do not resolve under NodeNext (extension-less re-exports), so every
 * form would silently be `any`.
 */
export interface TextForm<Name extends string> {
  values: Readonly<Record<Name, string>>
  /** Props of the input called `name`. */
  field(name: Name): FieldProps
  setValue(name: Name, value: string): void
  setFieldError(name: string, message: string): void
  /** Runs the rules, shows what they refuse and answers whether nothing was. */
  isAcceptable(): boolean
  reset(): void
  /** True when the form opened with values typed earlier in this tab. */
  isRestored: boolean
  clearDraft(): void
}

interface FieldProps {
  name: string
  value: string
  error: string | undefined
  onChange(event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>): void
}

interface TextFormOptions<Name extends string> {
  initial: Readonly<Record<Name, string>>
  /** Sentences by field for what cannot be sent; what it leaves out is fine. */
  rules?: (values: Readonly<Record<Name, string>>) => Partial<Record<Name, string | undefined>>
  /** Names the draft kept in the tab, for example `product:new`; without it nothing is kept. Never for passwords. */
  draftKey?: string
}

export function useTextForm<Name extends string>({ initial, rules, draftKey }: TextFormOptions<Name>): TextForm<Name> {
  type Values = Readonly<Record<Name, string>>
  const [draft] = useState(() =>
    draftKey === undefined
      ? null
      : draftStore<Values>(draftKey, (value): value is Values => hasSameKeys(value, initial)),
  )
  const [restored, setRestored] = useState(() => draft?.read())
  const [values, setValues] = useState<Values>(restored ?? initial)
  const [errors, setErrors] = useState<Partial<Record<string, string | undefined>>>({})

  function setValue(name: Name, value: string): void {
    const next = { ...values, [name]: value }
    setValues(next)
    setErrors((known) => ({ ...known, [name]: undefined }))
    draft?.write(next)
  }
  function clearDraft(): void {
    draft?.clear()
    setRestored(undefined)
  }
  return {
    values,
    field: (name) => ({
      name,
      value: values[name],
      error: errors[name],
      onChange: (event) => setValue(name, event.currentTarget.value),
    }),
    setValue,
    setFieldError: (name, message) => setErrors((known) => ({ ...known, [name]: message })),
    isAcceptable() {
      const refused = rules?.(values) ?? {}
      setErrors(refused)
      return Object.values(refused).every((message) => message === undefined)
    },
    reset() {
      clearDraft()
      setValues(initial)
      setErrors({})
    },
    isRestored: restored !== undefined,
    clearDraft,
  }
}

function hasSameKeys(value: unknown, sample: Readonly<Record<string, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.entries(value)
  return (
    entries.length === Object.keys(sample).length &&
    entries.every(([key, text]) => key in sample && typeof text === 'string')
  )
}
