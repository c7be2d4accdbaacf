import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json' with { type: 'json' }
import fr from './fr.json' with { type: 'json' }

export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]
/** Each in itself. */
export const languageNames: Readonly<Record<Language, string>> = { fr: 'Français', en: 'English' }

/** Texts of one package: keys may be nested, both languages hold the same ones (web/translations.test.ts). */
export interface Texts {
  fr: Record<string, unknown>
  en: Record<string, unknown>
}

const storageKey = 'platen-language'

/**
 * Starts translation with the stored language, else the browser's first known one, else English.
 * @param texts by package; a key is looked for in `app` first, then in the others in their order, then in those of this package.
 */
export function startTranslations(texts: { app: Texts } & Readonly<Record<string, Texts>>): void {
  const all = Object.entries({ ...texts, ui: { fr, en } })
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  void i18next.use(initReactI18next).init({
    resources: {
      fr: Object.fromEntries(all.map(([name, { fr: french }]) => [name, french])),
      en: Object.fromEntries(all.map(([name, { en: english }]) => [name, english])),
    },
    lng: readStored() ?? preferredLanguage(navigator.languages),
    fallbackLng: 'en',
    defaultNS: 'app',
    fallbackNS: all.map(([name]) => name).filter((name) => name !== 'app'),
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
}

export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split('-')[0] === language)
    if (found) return found
  }
  return 'en'
}

export function isLanguage(text: unknown): text is Language {
  return languages.some((language) => language === text)
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  void i18next.changeLanguage(language)
}

function readStored(): Language | undefined {
  try {
    return languages.find((language) => language === localStorage.getItem(storageKey))
  } catch {
    return undefined
  }
}
