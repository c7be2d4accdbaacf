import { Group } from '@mantine/core'
import { ActionButton, api, ProblemAlert, queryString, saveFile } from '@platen/ui'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/use-may.ts'
import type { AuditFilterValues } from './use-audit-filters.ts'

const formats = ['csv', 'json'] as const

/** Takes what the filters show away as a file; that is audited too. */
export function ExportMenu({ filters }: { filters: AuditFilterValues }) {
  const { t } = useTranslation()
  const reason = useMay()('audit.export') ? null : t('audit.mayNotExport')
  const save = useMutation({
    mutationFn: (format: (typeof formats)[number]) =>
      api.download(`/audit-exports${queryString({ format, ...filters })}`),
    onSuccess: (file, format) => saveFile(file, `audit.${format}`),
  })
  return (
    <>
      <Group gap="xs">
        {formats.map((format) => (
          <ActionButton
            key={format}
            label={t(`audit.export.${format}`)}
            reason={reason}
            variant="default"
            leftSection={<IconDownload size={16} />}
            loading={save.isPending && save.variables === format}
            onClick={() => save.mutate(format)}
          />
        ))}
      </Group>
      <ProblemAlert error={save.error} />
    </>
  )
}
