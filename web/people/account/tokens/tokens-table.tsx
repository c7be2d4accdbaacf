import { Button, Text } from '@mantine/core'
import { api, ConfirmDialog, EmptyState, ListView, TimeAgo } from '@platen/ui'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { apiTokensQuery } from '../../api/queries.ts'
import type { ApiToken } from '../../api/types.ts'

export function TokensTable() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [asked, ask] = useState<ApiToken | null>(null)
  const revoke = useMutation({
    mutationFn: ({ id }: ApiToken) => api.send('DELETE', `/auth/api-tokens/${id}`),
    onSuccess: () => ask(null),
    onSettled: () => client.invalidateQueries({ queryKey: ['account', 'tokens'] }),
  })
  return (
    <>
      <ListView
        query={useInfiniteQuery(apiTokensQuery)}
        label={t('tokens.title')}
        rowKey={(token) => token.id}
        empty={<EmptyState title={t('tokens.none')}>{t('tokens.noneText')}</EmptyState>}
        columns={[
          { key: 'name', header: t('tokens.name'), render: (token) => <Name token={token} /> },
          { key: 'scopes', header: t('tokens.scopes'), secondary: true, render: (token) => token.scopes.join(', ') },
          {
            key: 'expires',
            header: t('tokens.expires'),
            secondary: true,
            render: (token) => <TimeAgo iso={token.expiresAt} />,
          },
          {
            key: 'used',
            header: t('tokens.lastUsed'),
            render: ({ lastUsedAt }) => (lastUsedAt === null ? t('tokens.neverUsed') : <TimeAgo iso={lastUsedAt} />),
          },
          {
            key: 'revoke',
            header: t('tokens.revoke'),
            align: 'right',
            render: (token) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('tokens.revokeNamed', { name: token.name })}
                onClick={() => ask(token)}
              >
                {t('tokens.revoke')}
              </Button>
            ),
          },
        ]}
      />
      <ConfirmDialog
        opened={asked !== null}
        onClose={() => ask(null)}
        title={t('tokens.revokeTitle', { name: asked?.name })}
        confirmLabel={t('tokens.revoke')}
        tone="danger"
        isWorking={revoke.isPending}
        error={revoke.error}
        onConfirm={() => asked && revoke.mutate(asked)}
      >
        {t('tokens.revokeText')}
      </ConfirmDialog>
    </>
  )
}

function Name({ token }: { token: ApiToken }) {
  return (
    <>
      <Text fw={600}>{token.name}</Text>
      <Text size="sm" c="dimmed" ff="monospace">
        platen_{token.prefix}…
      </Text>
    </>
  )
}
