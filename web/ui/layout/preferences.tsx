import { ActionIcon, Button, useMantineColorScheme } from '@mantine/core'
import type { MantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun, IconSunMoon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, languageNames } from '../i18n/i18n.ts'

/** Language and theme. Two languages make one button: it names the other one, in that language. */
export function Preferences() {
  return (
    <>
      <LanguageButton />
      <ThemeButton />
    </>
  )
}

function LanguageButton() {
  const { i18n } = useTranslation('ui')
  const other = i18n.language === 'fr' ? 'en' : 'fr'
  const name = languageNames[other]
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      c="inherit"
      lang={other}
      onClick={() => chooseLanguage(other)}
    >
      {name}
    </Button>
  )
}

const nextScheme: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' }
const schemeIcon = { auto: IconSunMoon, light: IconSun, dark: IconMoon }

function ThemeButton() {
  const { t } = useTranslation('ui')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = schemeIcon[colorScheme]
  const label = t(`theme.${colorScheme}`)
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="inherit"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(nextScheme[colorScheme])}
    >
      <Icon size={18} stroke={1.7} />
    </ActionIcon>
  )
}
