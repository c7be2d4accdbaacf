import { startApp } from '@platen/people'
import { pages } from './router.ts'
import { place } from './place.tsx'
import en from './texts/en.json' with { type: 'json' }
import fr from './texts/fr.json' with { type: 'json' }

startApp({ texts: { fr, en }, place, pages })
