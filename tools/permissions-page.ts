// docs/reference/permissions.md: from the roles in the code and the policies in the committed OpenAPI documents.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { siteRoles } from '../bench/src/sites/site-roles.ts'
import { commercePermissions } from '../business/commerce/index.ts'
import { identityPermissions } from '../identity/index.ts'
import { tenantPermissions, tenantRoles } from '../manager/src/roles.ts'
import { markdownTable } from './markdown-table.ts'
import { repositoryRoot } from './repository.ts'

interface Place {
  title: string
  document: string
  roles: Readonly<Record<string, readonly string[]>>
  permissions: readonly string[]
}

const places: readonly Place[] = [
  {
    title: 'Control plane',
    document: 'manager.json',
    roles: tenantRoles,
    permissions: [...tenantPermissions, ...identityPermissions],
  },
  {
    title: 'Site',
    document: 'site.json',
    roles: siteRoles,
    permissions: [...commercePermissions, ...identityPermissions],
  },
]

export async function permissionsPage(generatedNote: string): Promise<string> {
  const sections: string[] = []
  for (const place of places) sections.push(await sectionOf(place))
  return `${generatedNote}

# Permissions

Every permission, who has it by a role of the system, and which operations ask for it. A role that holds \`*\` may do everything, also what a
later release adds. Own roles, and how to add a permission: [roles and permissions](../develop/roles-and-permissions.md). Operations as in
the [API documents](../../openapi/README.md).

${sections.join('\n\n')}
`
}

async function sectionOf({ title, document, roles, permissions }: Place): Promise<string> {
  const operations = await operationsOf(document)
  const asked = (policy: string) => operations.filter((one) => one.policy === policy).map(({ name }) => `\`${name}\``)
  const names = Object.keys(roles)
  const holds = (role: string, permission: string) =>
    roles[role]?.includes('*') === true || roles[role]?.includes(permission) === true
  const unknown = operations.filter(
    ({ policy }) => policy.startsWith('permission:') && !['*', ...permissions].includes(policy.slice(11)),
  )
  if (unknown.length > 0) throw new Error(`nobody declares ${unknown.map(({ policy }) => policy).join(', ')}`)
  const matrix = permissions
    .toSorted()
    .map((permission) => [`\`${permission}\``, ...names.map((role) => (holds(role, permission) ? 'yes' : ''))])
  const uses = ['*', ...permissions.toSorted()]
    .map((permission) => [`\`${permission}\``, asked(`permission:${permission}`).join('<br>')])
    .filter(([permission, names]) => permission !== '`*`' || names !== '')
  const others = [
    ['anybody', asked('public')],
    ['whoever is signed in', asked('authenticated')],
    ['operators of the platform', asked('operator')],
  ] as const
  return `## ${title}

${markdownTable(['Permission', ...names], matrix)}

### ${title}: what asks for them

${table(['Permission', 'Operations'], uses)}

### ${title}: what asks for none

${table(
  ['Open to', 'Operations'],
  others.filter(([, names]) => names.length > 0).map(([who, names]) => [who, names.join('<br>')]),
)}`
}

/** Line breaks in cells, which markdownTable would escape. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(head, rows).replaceAll('\\<br>', '<br>')

async function operationsOf(document: string): Promise<{ name: string; policy: string }[]> {
  const text = await readFile(join(repositoryRoot, 'openapi', document), 'utf8')
  // Made by a test of ours, which compares it with the code.
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { 'x-policy': string }>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      policy: operation['x-policy'],
    })),
  )
}
