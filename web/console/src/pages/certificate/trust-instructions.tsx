import { List, Tabs, Text } from '@mantine/core'
import { CodeBlock } from '@platen/ui'
import { useTranslation } from 'react-i18next'

const systems = ['windows', 'macos', 'linux', 'firefox', 'android', 'ios'] as const
type System = (typeof systems)[number]

/** Commands as they are typed: the same in every language. */
const commands: Partial<Record<System, string>> = {
  windows: 'certutil -user -addstore Root platen-ca.crt',
  macos: 'security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db platen-ca.crt',
  linux:
    'sudo cp platen-ca.crt /usr/local/share/ca-certificates/platen-ca.crt && sudo update-ca-certificates\n# Chrome, Chromium, Edge and Brave read their own store:\ncertutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Platen -i platen-ca.crt',
}

/** How each system or browser is told to trust the authority; opens on the reader's own. */
export function TrustInstructions() {
  const { t } = useTranslation()
  return (
    <Tabs defaultValue={guessSystem(navigator.userAgent)} keepMounted={false}>
      <Tabs.List aria-label={t('certificate.system')}>
        {systems.map((system) => (
          <Tabs.Tab key={system} value={system}>
            {t(`certificate.on.${system}.name`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {systems.map((system) => (
        <Tabs.Panel key={system} value={system} pt="md">
          <Instructions system={system} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function Instructions({ system }: { system: System }) {
  const { t } = useTranslation()
  const command = commands[system]
  // An array in the texts; the test of the translations holds both languages to the same shape.
  const steps = t(`certificate.on.${system}.steps`, { returnObjects: true }) as unknown as string[]
  return (
    <>
      <List type="ordered" spacing="xs">
        {steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
      {command !== undefined && (
        <>
          <Text size="sm" c="dimmed" mt="md" mb={4}>
            {t('certificate.orCommand')}
          </Text>
          <CodeBlock text={command} what={t('certificate.command')} />
        </>
      )}
    </>
  )
}

function guessSystem(userAgent: string): System {
  if (/Firefox/.test(userAgent)) return 'firefox'
  if (/Android/.test(userAgent)) return 'android'
  if (/iPhone|iPad/.test(userAgent)) return 'ios'
  if (/Mac OS/.test(userAgent)) return 'macos'
  return /Windows/.test(userAgent) ? 'windows' : 'linux'
}
