import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'

/** Whether who is signed in has a permission. The server decides; this only says beforehand what it will say. */
export function useMay(): (permission: string) => boolean {
  const permissions = useQuery(meQuery).data?.permissions ?? []
  return (permission) => permissions.includes('*') || permissions.includes(permission)
}
