import { applyStoredTheme, AppRoot, startTranslations } from '@platen/ui'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/client.ts'
import { router } from './router.tsx'
import en from './texts/en.json' with { type: 'json' }
import fr from './texts/fr.json' with { type: 'json' }

applyStoredTheme()
startTranslations({ fr, en })

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <AppRoot queryClient={queryClient}>
    <RouterProvider router={router} />
  </AppRoot>,
)
