import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json' with { type: 'json' }
import fr from './fr.json' with { type: 'json' }

export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]

/** Texts of an app: keys may be nested, both languages hold the same ones (web/translations.test.ts). */
export interface AppTexts {
  fr: Record<string, unknown>
  en: Record<string, unknown>
}

const storageKey = 'platen-language'

/** Starts translation with the stored language, else the browser's first known one, else English. */
export function startTranslations(texts: AppTexts): void {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  void i18next.use(initReactI18next).init({
    resources: { fr: { ui: fr, app: texts.fr }, en: { ui: en, app: texts.en } },
    lng: readStored() ?? preferredLanguage(navigator.languages),
    fallbackLng: 'en',
    defaultNS: 'app',
    fallbackNS: 'ui',
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
