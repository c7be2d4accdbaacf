import { NativeSelect } from '@mantine/core'
import { useSetQuery, useQueryParameter } from '../layout/addresses.ts'

interface FilterSelectProps {
  /** The parameter of the address that holds the choice: a filtered list can be linked and gone back to. */
  name: string
  label: string
  /** The first one is what holds without the parameter, and has the value ''. */
  options: readonly { value: string; label: string }[]
}

/** Narrows a list by one of a few values. */
export function FilterSelect({ name, label, options }: FilterSelectProps) {
  const value = useQueryParameter(name) ?? ''
  const change = useSetQuery()
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      data={[...options]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
}
