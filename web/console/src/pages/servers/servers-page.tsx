import { Text } from '@mantine/core'
import { DataTable, EmptyState, Page, Panel, QueryView, StateBadge, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Bench } from '../../api/types.ts'
import { benchesQuery, clustersQuery, serversQuery } from '../../api/queries.ts'
import { Reconciliation } from './reconciliation.tsx'

/** The machines and what runs on them; operators only. */
export function ServersPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('servers.title')} description={t('servers.intro')}>
      <Panel title={t('servers.servers')}>
        <Servers />
      </Panel>
      <Panel title={t('servers.benches')} description={t('servers.benchesText')}>
        <Benches />
      </Panel>
      <Panel title={t('servers.clusters')}>
        <Clusters />
      </Panel>
      <Reconciliation />
    </Page>
  )
}

function Servers() {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(serversQuery)}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={t('servers.none')} />
        ) : (
          <DataTable
            label={t('servers.servers')}
            rows={items}
            rowKey={(server) => server.id}
            columns={[
              {
                key: 'name',
                header: t('servers.name'),
                render: (server) => <Named name={server.name} below={server.hostname} />,
              },
              {
                key: 'role',
                header: t('servers.role'),
                secondary: true,
                render: (server) => t(`serverRole.${server.role}`, { defaultValue: server.role }),
              },
              { key: 'state', header: t('servers.state'), render: (server) => <MachineState state={server.state} /> },
            ]}
          />
        )
      }
    </QueryView>
  )
}

function Benches() {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(benchesQuery)}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={t('servers.none')} />
        ) : (
          <DataTable
            label={t('servers.benches')}
            rows={items}
            rowKey={(bench) => bench.id}
            columns={[
              {
                key: 'name',
                header: t('servers.name'),
                render: (bench) => <Named name={bench.name} below={bench.release} />,
              },
              {
                key: 'processes',
                header: t('servers.processes'),
                align: 'right',
                secondary: true,
                render: (bench) => <Processes bench={bench} />,
              },
              {
                key: 'sites',
                header: t('servers.sites'),
                align: 'right',
                secondary: true,
                render: (bench) => bench.sites,
              },
              { key: 'state', header: t('servers.state'), render: (bench) => <MachineState state={bench.state} /> },
            ]}
          />
        )
      }
    </QueryView>
  )
}

function Clusters() {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(clustersQuery)}>
      {({ items }) => (
        <DataTable
          label={t('servers.clusters')}
          rows={items}
          rowKey={(cluster) => cluster.id}
          columns={[
            {
              key: 'name',
              header: t('servers.name'),
              render: (cluster) => <Named name={cluster.title} below={cluster.name} />,
            },
            { key: 'region', header: t('servers.region'), secondary: true, render: (cluster) => cluster.region || '–' },
            {
              key: 'state',
              header: t('servers.state'),
              render: (cluster) => <MachineState state={cluster.enabled ? 'active' : 'archived'} />,
            },
          ]}
        />
      )}
    </QueryView>
  )
}

function Processes({ bench }: { bench: Bench }) {
  const { t } = useTranslation()
  const format = useFormat()
  const healthy = bench.processes.filter((process) => process.healthy).length
  const bytes = bench.processes.reduce((sum, process) => sum + (process.rssBytes ?? 0), 0)
  return (
    <>
      {t('servers.healthy', { count: bench.processes.length, healthy })}
      {bytes > 0 && (
        <Text size="sm" c="dimmed">
          {format.bytes(bytes)}
        </Text>
      )}
    </>
  )
}

function Named({ name, below }: { name: string; below: string | null }) {
  return (
    <>
      <Text fw={600}>{name}</Text>
      {below !== null && below !== name && (
        <Text size="sm" c="dimmed">
          {below}
        </Text>
      )}
    </>
  )
}

function MachineState({ state }: { state: string }) {
  const { t } = useTranslation()
  const tone = state === 'active' ? 'ok' : state === 'broken' ? 'bad' : state === 'pending' ? 'work' : 'idle'
  return <StateBadge tone={tone} label={t(`machineState.${state}`, { defaultValue: state })} />
}
