import { Checkbox, Table, Tooltip } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Permission } from '../api/types.ts'
import { includes, matrixOf, toggled } from './matrix.ts'
import classes from './permission-matrix.module.css'
import { usePermissionNames } from './use-permission-names.ts'

interface PermissionMatrixProps {
  label: string
  permissions: readonly Permission[]
  chosen: ReadonlySet<string>
  /** Absent where the choice is only shown. */
  onChange?: (chosen: ReadonlySet<string>) => void
  /** Why nothing can be chosen here, for each cell to say. */
  reason?: string
}

/** Permissions, resources down and actions across. What cannot be chosen stays focusable and says why. */
export function PermissionMatrix({ label, permissions, chosen, onChange, reason }: PermissionMatrixProps) {
  const { t } = useTranslation()
  const { actionName, resourceName } = usePermissionNames()
  const { actions, rows } = useMemo(() => matrixOf(permissions), [permissions])
  function reasonOf(permission: Permission): string | null {
    if (onChange === undefined) return reason ?? t('matrix.fixed')
    return permission.held ? null : t('matrix.notHeld')
  }
  return (
    <div className={classes.frame}>
      <Table aria-label={label} className={classes.table} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('matrix.resource')}</Table.Th>
            {actions.map((action) => (
              <Table.Th key={action} scope="col" className={classes.action}>
                {actionName(action)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ resource, cells }) => (
            <Table.Tr key={resource}>
              <Table.Th scope="row">{resourceName(resource)}</Table.Th>
              {cells.map((permission, index) => (
                <Table.Td key={actions[index]} className={classes.cell} data-empty={permission === null || undefined}>
                  {permission && (
                    <Cell
                      label={`${resourceName(resource)}: ${actionName(permission.action)}`}
                      words={actionName(permission.action)}
                      isChosen={includes(chosen, permission.name)}
                      reason={reasonOf(permission)}
                      onToggle={() => onChange?.(toggled(chosen, permission.name))}
                    />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

interface CellProps {
  label: string
  /** Shown beside the box on a phone, where the column has no head. */
  words: string
  isChosen: boolean
  reason: string | null
  onToggle: () => void
}

function Cell({ label, words, isChosen, reason, onToggle }: CellProps) {
  const box = (
    <Checkbox
      aria-label={label}
      checked={isChosen}
      readOnly={reason !== null}
      onChange={() => {
        if (reason === null) onToggle()
      }}
      {...(reason === null ? {} : { 'aria-disabled': true, 'aria-description': reason })}
    />
  )
  return (
    <label className={classes.label} data-off={reason !== null || undefined}>
      {reason === null ? box : <Tooltip label={reason}>{box}</Tooltip>}
      <span className={classes.words} aria-hidden="true">
        {words}
      </span>
    </label>
  )
}
