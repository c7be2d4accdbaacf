import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const web = join(import.meta.dirname, '../..')
const sheets = join(web, '../node_modules/@mantine/core/styles')

/** Looks that a component borrows from another one. */
const borrowed: Readonly<Record<string, readonly string[]>> = {
  TextInput: ['Input'],
  Textarea: ['Input'],
  NativeSelect: ['Input'],
  Select: ['Input', 'Combobox', 'Popover', 'ScrollArea'],
  Switch: ['InlineInput'],
  Checkbox: ['InlineInput'],
  Menu: ['Popover'],
  Modal: ['ModalBase', 'Overlay', 'CloseButton'],
  Drawer: ['ModalBase', 'Overlay', 'CloseButton'],
  Button: ['UnstyledButton', 'Loader'],
}

test('every Mantine component in use has its stylesheet imported', () => {
  const listed = readFileSync(join(import.meta.dirname, 'mantine.css'), 'utf8')
  const used = componentsUsed().flatMap((name) => [name, ...(borrowed[name] ?? [])])
  const missing = used.filter((name) => existsSync(join(sheets, `${name}.css`)) && !listed.includes(`/${name}.css'`))
  expect(used.length).toBeGreaterThan(20)
  expect([...new Set(missing)]).toEqual([])
})

/** Imported components, and parts of them as they are written: `<Radio.Card` has a sheet called RadioCard. */
function componentsUsed(): string[] {
  return readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx') && !/(^|\/)(dist|node_modules)\//.test(file))
    .map((file) => readFileSync(join(web, file), 'utf8'))
    .flatMap((source) => [
      ...importedIn(source),
      ...[...source.matchAll(/<([A-Z]\w+)\.(\w+)/g)].map(([, name, part]) => `${name}${part}`),
    ])
}

function importedIn(source: string): string[] {
  return [...source.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  )
}
