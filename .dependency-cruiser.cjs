// Who may import whom. One table of arrows, from which the rules are made; checks/planted-violations.ts proves each rule still bites.
'use strict'
const { readFileSync } = require('node:fs')
const path = require('node:path')

// package folder (as a regular expression) -> package folders it may import besides itself
const arrows = {
  // The API documents and what is made from them: the contract, for whoever is on the other side of HTTP.
  openapi: [],
  kit: [],
  drivers: ['kit'],
  identity: ['kit'],
  'business/[^/]+': ['identity', 'kit'],
  bench: ['business/[^/]+', 'identity', 'drivers', 'kit'],
  manager: ['identity', 'drivers', 'kit'],
  supervisor: ['drivers', 'kit'],
  // The doctor shares the supervisor's checks of the machine.
  cli: ['supervisor', 'kit', 'openapi'],
  'web/ui': [],
  'web/people': ['web/ui', 'openapi'],
  'web/console': ['web/people', 'web/ui', 'openapi'],
  'web/desk': ['web/people', 'web/ui', 'openapi'],
}
const anyPackage = `(?:${Object.keys(arrows).join('|')})`
const tooling = ['^tools/', '^checks/', '^e2e/', '\\.config\\.ts$']
// Measuring programs (`<feature>/bench/`) may use test tools like tests do.
const tests = [
  '/bench/[a-z-]+\\.ts$',
  '/bench\\.ts$',
  '\\.test\\.tsx?$',
  '/testing(?:/|\\.ts$)',
  '/conformance\\.ts$',
  '/[a-z-]*fixtures?(?:/|\\.ts$)',
]
// What a package.json exports beside index.ts files (`./operations/testing` and the like) is a front door too.
const frontDoors = ['/index\\.tsx?$', '^openapi/', ...exportedFiles()]

const arrowRules = Object.entries(arrows).map(([folder, allowed]) => ({
  name: `arrows-of-${folder.replace('/[^/]+', '').replace('/', '-')}`,
  severity: 'error',
  comment: `${folder} may import only: ${['itself', ...allowed].join(', ')}. The other way round needs an interface in the lower package, or HTTP.`,
  from: { path: `^${folder}/` },
  to: {
    path: [`^${anyPackage}/`, '^tools/', '^checks/', '^e2e/'],
    // The one thing from the toolbox that the command needs: it installs and finds Node 24 before any TypeScript can run.
    pathNot: [
      ...[folder, ...allowed].map((other) => `^${other}/`),
      ...(folder === 'cli' ? ['^tools/launch\\.cjs$'] : []),
    ],
  },
}))

module.exports = {
  forbidden: [
    ...arrowRules,
    {
      name: 'package-front-door-only',
      severity: 'error',
      comment:
        'Another package is entered through its index.ts (or what its package.json exports), never through a file inside.',
      from: { path: `^(${anyPackage})/` },
      to: { path: `^${anyPackage}/`, pathNot: ['^$1/', ...frontDoors] },
    },
    {
      name: 'module-front-door-only',
      severity: 'error',
      comment: 'Another feature of the package is entered through its index.ts, never through a file inside.',
      from: {
        path: '^(kit|drivers|identity|supervisor|bench|manager|business/[^/]+)/(?:src/)?([^/]+)/.+',
        pathNot: tests,
      },
      to: { path: '^$1/(?:src/)?(?!src/)[^/]+/.+', pathNot: ['^$1/(?:src/)?$2/', ...frontDoors] },
    },
    {
      name: 'wiring-uses-front-doors',
      severity: 'error',
      comment: 'main.ts, wiring.ts and their like put features together through the index.ts of each.',
      from: {
        path: '^(kit|drivers|identity|supervisor|bench|manager|business/[^/]+)/(?:src/)?[^/]+\\.ts$',
        pathNot: tests,
      },
      to: { path: '^$1/(?:src/)?(?!src/)[^/]+/.+', pathNot: frontDoors },
    },
    {
      name: 'rules-are-pure',
      severity: 'error',
      comment:
        'A rules file (sites/site.ts, orders/order.ts, everything in money/) decides and nothing else: no I/O, database, clock or random. Types may come from anywhere.',
      from: {
        path: ['^(?:manager/src|business/[^/]+)/([a-z-]+?)s?/\\1\\.ts$', '^business/[^/]+/money/'],
        pathNot: [...tests, '/idempotency\\.ts$'],
      },
      to: {
        path: [
          '^(?:node:)?(?:fs|net|http|https|http2|tls|dns|os|child_process|worker_threads|crypto|process|timers)(?:/|$)',
          '^kit/(?:sql|http|jobs|outbox|operations|config|logging|ids)/',
          '^drivers/',
          '-(?:store|routes|queries)\\.ts$',
          'node_modules/(?:pg|kysely|fastify|undici|graphile-worker|pino)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one thing, or hide a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'Nothing imports a test; test tools are imported by tests only.',
      from: { pathNot: [...tests, ...tooling] },
      to: { path: ['\\.test\\.tsx?$', '/testing(?:/|\\.ts$)', '/conformance\\.ts$'] },
    },
    {
      name: 'toolbox-is-not-product',
      severity: 'error',
      comment: 'tools/, checks/ and e2e/ are for developers: nothing that runs at a user imports them.',
      from: { path: `^${anyPackage}/`, pathNot: ['\\.config\\.ts$', '^cli/'] },
      to: { path: ['^tools/', '^checks/', '^e2e/'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'An import that leads nowhere is invisible to every other rule.',
      from: {},
      to: { couldNotResolve: true, pathNot: ['\\.css$', '\\?(?:url|raw)$', '^virtual:'] },
    },
  ],
  options: {
    // TypeScript 7 has no parser API: without swc this tool sees no module at all and is content.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist[^/]*|\\.platen|test-output)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}

function exportedFiles() {
  const root = JSON.parse(readFileSync(path.join(__dirname, 'package.json'), 'utf8'))
  return root.workspaces.flatMap((folder) => {
    const { exports = {} } = JSON.parse(readFileSync(path.join(__dirname, folder, 'package.json'), 'utf8'))
    return Object.values(exports)
      .filter((file) => typeof file === 'string' && !file.includes('*') && !file.endsWith('/index.ts'))
      .map((file) => `^${path.posix.join(folder, file).replaceAll('.', '\\.')}$`)
  })
}
