import { $ZodType } from 'zod/v4/core'
import type { $ZodTypes } from 'zod/v4/core'

/**
 * The pointer of the first object in a body schema that would silently drop or keep unknown fields (z.object, z.looseObject), or
 * undefined when all are strict. `z.record` is fine: its keys are data. A field we ignore is a client that believes it was obeyed.
 */
export function findLooseObject(schema: unknown): string | undefined {
  return schema instanceof $ZodType ? search(schema, '', new Set()) : undefined
}

function search(schema: $ZodType, at: string, seen: Set<$ZodType>): string | undefined {
  if (seen.has(schema)) return undefined
  seen.add(schema)
  // Every schema that Zod makes is one of $ZodTypes; the class only knows the base.
  const { def } = (schema as $ZodTypes)._zod
  if (def.type === 'object' && def.catchall?._zod.def.type !== 'never') return at === '' ? '/' : at
  return firstOf(childrenOf(def), (child) => search(child.schema, at + child.step, seen))
}

interface Child {
  readonly schema: $ZodType
  readonly step: string
}

function childrenOf(def: $ZodTypes['_zod']['def']): Child[] {
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).map(([key, schema]) => ({ schema, step: `/${key}` }))
    case 'array':
      return [{ schema: def.element, step: '/*' }]
    case 'tuple':
      return def.items.map((schema, index) => ({ schema, step: `/${index}` }))
    case 'record':
    case 'map':
      return [{ schema: def.valueType, step: '/*' }]
    case 'union':
      return def.options.map((schema) => ({ schema, step: '' }))
    case 'intersection':
      return [def.left, def.right].map((schema) => ({ schema, step: '' }))
    case 'pipe':
      return [{ schema: def.in, step: '' }]
    case 'lazy':
      return [{ schema: def.getter(), step: '' }]
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return [{ schema: def.innerType, step: '' }]
    default:
      return []
  }
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
