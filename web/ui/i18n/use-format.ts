import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { createFormatter } from './format.ts'
import type { Formatter } from './format.ts'

/** The formatter of the language in use. */
export function useFormat(): Formatter {
  const { i18n } = useTranslation()
  return useMemo(() => createFormatter(i18n.language), [i18n.language])
}
