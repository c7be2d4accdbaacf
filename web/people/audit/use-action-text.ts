import { useTranslation } from 'react-i18next'

/** What was done, in words: `user.deactivated`. One that nobody has words for shows as the API names it. */
export function useActionText(): (action: string) => string {
  const { t, i18n } = useTranslation()
  return (action) => {
    const key = `auditAction.${action}`
    // An action may be the beginning of another one: then the key leads to a group of texts.
    return i18n.exists(key) && typeof i18n.t(key, { returnObjects: true }) === 'string' ? t(key) : action
  }
}
