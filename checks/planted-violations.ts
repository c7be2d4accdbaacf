// Wrong imports, one or more per rule of .dependency-cruiser.cjs. They are written to a throw-away copy of the package skeleton; a rule that
// does not report its own has gone blind. The last entry is innocent, so that a rule that reports everything is found out too.

/** `files` are added to the skeleton (path -> content); `rule` is what must be reported, `undefined` for nothing at all. */
export interface PlantedViolation {
  title: string
  rule: string | undefined
  files: Record<string, string>
}

const value = 'export const value = 1\n'
const use = (from: string): string => `import { value } from '${from}'\nexport const used = value\n`
const passOn = (from: string): string => `export { value } from '${from}'\n`
const useType = (from: string): string => `import type { Thing } from '${from}'\nexport type Used = Thing\n`
const thing = 'export interface Thing { a: number }\n'

export const plantedViolations: readonly PlantedViolation[] = [
  {
    title: 'manager imports the bench',
    rule: 'arrows-of-manager',
    files: { 'bench/index.ts': value, 'manager/src/sites/wrong.ts': use('../../../bench/index.ts') },
  },
  {
    title: 'manager imports a business app through its package, types only',
    rule: 'arrows-of-manager',
    files: { 'business/commerce/index.ts': thing, 'manager/src/sites/wrong.ts': useType('@platen/commerce') },
  },
  {
    title: 'kit imports a driver',
    rule: 'arrows-of-kit',
    files: { 'drivers/edge/index.ts': value, 'kit/http/wrong.ts': use('../../drivers/edge/index.ts') },
  },
  {
    title: 'a driver imports identity',
    rule: 'arrows-of-drivers',
    files: { 'identity/index.ts': value, 'drivers/edge/wrong.ts': use('@platen/identity') },
  },
  {
    title: 'identity imports a driver',
    rule: 'arrows-of-identity',
    files: { 'drivers/edge/index.ts': value, 'identity/wrong.ts': use('@platen/drivers/edge') },
  },
  {
    title: 'a business app imports a driver',
    rule: 'arrows-of-business',
    files: { 'drivers/edge/index.ts': value, 'business/commerce/orders/wrong.ts': use('@platen/drivers/edge') },
  },
  {
    title: 'a bench imports the manager',
    rule: 'arrows-of-bench',
    files: { 'manager/src/sites/index.ts': value, 'bench/wrong.ts': use('../manager/src/sites/index.ts') },
  },
  {
    title: 'the supervisor imports identity',
    rule: 'arrows-of-supervisor',
    files: { 'identity/index.ts': value, 'supervisor/wrong.ts': use('@platen/identity') },
  },
  {
    title: 'the command imports a driver instead of calling the API',
    rule: 'arrows-of-cli',
    files: { 'drivers/objects/index.ts': value, 'cli/wrong.ts': use('../drivers/objects/index.ts') },
  },
  {
    title: 'the console imports types of the manager',
    rule: 'arrows-of-web-console',
    files: {
      'manager/src/sites/index.ts': thing,
      'web/console/src/wrong.tsx': useType('../../../manager/src/sites/index.ts'),
    },
  },
  {
    title: 'the desk imports kit',
    rule: 'arrows-of-web-desk',
    files: { 'kit/ids/index.ts': value, 'web/desk/src/wrong.tsx': use('@platen/kit/ids') },
  },
  {
    title: 'the shared screens import the console',
    rule: 'arrows-of-web-ui',
    files: { 'web/console/src/index.ts': value, 'web/ui/wrong.tsx': use('../console/src/index.ts') },
  },
  {
    title: 'the pages of people import the desk',
    rule: 'arrows-of-web-people',
    files: { 'web/desk/src/index.ts': value, 'web/people/wrong.tsx': use('../desk/src/index.ts') },
  },
  {
    title: 'manager enters a kit library by a file inside',
    rule: 'package-front-door-only',
    files: { 'kit/sql/pool.ts': value, 'manager/src/sites/wrong.ts': use('../../../kit/sql/pool.ts') },
  },
  {
    title: 'a feature of the manager enters another by a file inside',
    rule: 'module-front-door-only',
    files: { 'manager/src/sites/site-store.ts': value, 'manager/src/hosts/wrong.ts': use('../sites/site-store.ts') },
  },
  {
    title: 'a kit library enters another by a file inside, types only',
    rule: 'module-front-door-only',
    files: { 'kit/sql/pool.ts': thing, 'kit/jobs/wrong.ts': useType('../sql/pool.ts') },
  },
  {
    title: 'wiring enters a feature by a file inside',
    rule: 'wiring-uses-front-doors',
    files: { 'manager/src/sites/site-store.ts': value, 'manager/wiring.ts': use('./src/sites/site-store.ts') },
  },
  {
    title: 'a rules file reads a file',
    rule: 'rules-are-pure',
    files: {
      'manager/src/sites/site.ts': "import { readFileSync } from 'node:fs'\nexport const text = readFileSync('x')\n",
    },
  },
  {
    title: 'a rules file runs SQL',
    rule: 'rules-are-pure',
    files: { 'kit/sql/index.ts': value, 'business/commerce/orders/order.ts': use('@platen/kit/sql') },
  },
  {
    title: 'two files import each other',
    rule: 'no-cycles',
    files: { 'identity/one.ts': passOn('./two.ts'), 'identity/two.ts': passOn('./one.ts') },
  },
  {
    title: 'product code imports test tools',
    rule: 'tests-are-leaves',
    files: { 'kit/testing/index.ts': value, 'manager/src/sites/wrong.ts': use('@platen/kit/testing') },
  },
  {
    title: 'product code imports a developer tool',
    rule: 'toolbox-is-not-product',
    files: { 'tools/index.ts': value, 'supervisor/wrong.ts': use('../tools/index.ts') },
  },
  {
    title: 'an import leads nowhere',
    rule: 'everything-resolves',
    files: { 'identity/wrong.ts': use('./absent.ts') },
  },
  {
    title: 'an innocent story crosses every allowed arrow by the front doors',
    rule: undefined,
    files: {
      'kit/ids/index.ts': thing + value,
      'kit/testing/index.ts': value,
      'drivers/edge/index.ts': passOn('@platen/kit/ids'),
      'drivers/edge/builtin/proxy.ts': use('../../certificates/index.ts'),
      'drivers/certificates/index.ts': value,
      'identity/index.ts': passOn('@platen/kit/ids'),
      'business/commerce/orders/order.ts': useType('@platen/kit/ids'),
      'business/commerce/orders/order.test.ts': use('@platen/kit/testing'),
      'business/commerce/index.ts': passOn('@platen/identity'),
      'bench/main.ts': use('@platen/commerce'),
      'manager/src/sites/index.ts': value,
      'manager/src/hosts/host-store.ts': use('../sites/index.ts'),
      'manager/wiring.ts': use('./src/sites/index.ts'),
      'supervisor/main.ts': use('@platen/drivers/edge'),
    },
  },
]
