import { useTranslation } from 'react-i18next'

/** What a check looks at, in the reader's language; what a newer manager checks is told by its name there. */
export function useCheckName(): (name: string) => string {
  const { t } = useTranslation()
  return (name) => t(`check.${name}`, { defaultValue: name })
}
