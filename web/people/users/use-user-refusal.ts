import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'

/** Why users, or this one in particular, cannot be changed by who is signed in; null when they can as far as the page knows. */
export function useUserRefusal(): (user: User | null) => string | null {
  const { t } = useTranslation()
  const may = useMay()
  const own = useQuery(meQuery).data?.user.id
  return (user) => {
    if (!may('users.write')) return t('people.mayNot')
    return user !== null && user.id === own ? t('people.notYourself') : null
  }
}
