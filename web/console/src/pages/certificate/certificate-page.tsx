import { Button, Group, Text } from '@mantine/core'
import { ApiCall, CodeBlock, Page, Panel, PropertyList, QueryView, useFormat } from '@platen/ui'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { authorityQuery } from '../../api/queries.ts'
import type { CertificateAuthority } from '../../api/types.ts'
import { rememberCertificateFetched } from './certificate-fetched.ts'
import { TrustInstructions } from './trust-instructions.tsx'

/** The platform's own authority: how to make browsers trust its sites. */
export function CertificatePage() {
  const { t } = useTranslation()
  return (
    <Page title={t('certificate.title')} description={t('certificate.intro')}>
      <QueryView query={useQuery(authorityQuery)}>{(authority) => <Authority authority={authority} />}</QueryView>
      <Panel title={t('certificate.trust')}>
        <TrustInstructions />
      </Panel>
      <ApiCall method="GET" path="/certificate-authority/download" />
    </Page>
  )
}

function Authority({ authority }: { authority: CertificateAuthority }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Panel title={t('certificate.file')}>
      <Group mb="lg">
        <Button
          component="a"
          href="/api/v1/certificate-authority/download"
          download
          onClick={rememberCertificateFetched}
          leftSection={<IconDownload size={16} />}
        >
          {t('certificate.download')}
        </Button>
      </Group>
      <PropertyList items={[{ label: t('certificate.validUntil'), value: format.date(authority.notAfter) }]} />
      <Text mt="md" mb={4} size="sm" c="dimmed">
        {t('certificate.fingerprintText')}
      </Text>
      <CodeBlock text={authority.fingerprintSha256} what={t('certificate.fingerprint')} />
    </Panel>
  )
}
