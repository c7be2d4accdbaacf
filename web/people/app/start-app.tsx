import { applyStoredTheme, AppRoot, queryClient, startTranslations } from '@platen/ui'
import type { Texts } from '@platen/ui'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import en from '../texts/en.json' with { type: 'json' }
import fr from '../texts/fr.json' with { type: 'json' }
import { createAppRouter } from './app-router.tsx'
import type { AppPages } from './app-router.tsx'
import { PlaceContext } from './place.tsx'
import type { Place } from './place.tsx'

interface App {
  texts: Texts
  place: Place
  pages: AppPages
}

/** Starts console or desk in the page that loaded it. */
export function startApp({ texts, place, pages }: App): void {
  applyStoredTheme()
  startTranslations({ app: texts, people: { fr, en } })
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  const router = createAppRouter(pages)
  createRoot(root).render(
    <AppRoot queryClient={queryClient}>
      <PlaceContext value={place}>
        <RouterProvider router={router} />
      </PlaceContext>
    </AppRoot>,
  )
}
