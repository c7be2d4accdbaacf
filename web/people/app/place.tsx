import { createContext, use } from 'react'
import type { ComponentType } from 'react'

export interface AdministrationTab {
  to: string
  label: string
}

/** What console and desk say in their own way on the pages they share. */
export interface Place {
  /** One line below the title of the sign-in page. */
  SignInIntro: ComponentType
  /** Below the sign-in card. */
  SignInFooter?: ComponentType
  /** What the account page tells of this place: the organisation, or the site and its plan. */
  AboutPlace?: ComponentType
  /** Kinds of things that the audit trail of this place can be narrowed to, beside those of identity. */
  auditResources: readonly string[]
  /** What can be written to a file here, and the permission that it takes. */
  reports: readonly { type: string; permission: string }[]
  /** What who is signed in may do with deliveries that were given up. */
  useDeadLetterRights: () => { mayRead: boolean; mayWrite: boolean }
  /** The app's own pages of administration that who is signed in may see. */
  useOwnTabs?: () => AdministrationTab[]
}

export const PlaceContext = createContext<Place | null>(null)

export function usePlace(): Place {
  const place = use(PlaceContext)
  if (place === null) throw new Error('startApp() has not been given a place')
  return place
}
