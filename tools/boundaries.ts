// Runs dependency-cruiser with the rules of .dependency-cruiser.cjs: over the repository, or over a skeleton of it with planted files.
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { plantedViolations, type PlantedViolation } from '../checks/planted-violations.ts'
import { repositoryRoot } from './repository.ts'
import { runNode } from './run.ts'

export interface BoundaryViolation {
  rule: string
  from: string
  to: string
}

export interface BoundaryReport {
  moduleCount: number
  violations: BoundaryViolation[]
}

const folders = [
  'openapi',
  'kit',
  'drivers',
  'identity',
  'business',
  'bench',
  'manager',
  'supervisor',
  'cli',
  'web',
  'tools',
  'checks',
  'e2e',
]

/** A repository with fewer modules of our own means that the parser saw nothing, which would pass silently. Raise it as the house grows. */
export const minimumModuleCount = 60

/** Reports every forbidden import under `directory` (default: the repository). */
export async function findViolations(directory = repositoryRoot): Promise<BoundaryReport> {
  const present = folders.filter((folder) => existsSync(join(directory, folder)))
  const done = await runNode(
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...present],
    { cwd: directory },
  )
  return parseReport(done.output)
}

/** Plants one violation in a throw-away skeleton of the repository and returns the names of the rules that reported anything. */
export async function rulesReporting(plant: PlantedViolation): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'platen-planted-'))
  try {
    await writeSkeleton(directory)
    for (const [file, content] of Object.entries(plant.files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true })
      await writeFile(join(directory, file), content)
    }
    const { violations } = await findViolations(directory)
    return [...new Set(violations.map(({ rule }) => rule))].toSorted()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

// package.json files and the links npm makes for workspaces: what an import by package name is resolved with.
async function writeSkeleton(directory: string): Promise<void> {
  const manifest = await readManifest('package.json')
  await mkdir(join(directory, 'node_modules', '@platen'), { recursive: true })
  await cp(join(repositoryRoot, 'package.json'), join(directory, 'package.json'))
  await cp(join(repositoryRoot, '.dependency-cruiser.cjs'), join(directory, '.dependency-cruiser.cjs'))
  for (const workspace of manifest.workspaces ?? []) {
    await mkdir(join(directory, workspace), { recursive: true })
    await cp(join(repositoryRoot, workspace, 'package.json'), join(directory, workspace, 'package.json'))
    const { name } = await readManifest(join(workspace, 'package.json'))
    await symlink(join(directory, workspace), join(directory, 'node_modules', name))
  }
}

async function readManifest(file: string): Promise<{ name: string; workspaces?: string[] }> {
  // Our own package.json files; npm has refused them already if they are malformed.
  return JSON.parse(await readFile(join(repositoryRoot, file), 'utf8')) as { name: string; workspaces?: string[] }
}

function parseReport(output: string): BoundaryReport {
  const start = output.indexOf('{')
  const end = output.lastIndexOf('}')
  if (start < 0 || end < start) throw new Error(`dependency-cruiser printed no report: ${output.slice(0, 2000)}`)
  // The tool's documented JSON report.
  const report = JSON.parse(output.slice(start, end + 1)) as {
    modules: { source: string; coreModule?: boolean }[]
    summary: { violations: { from: string; to: string; rule: { name: string } }[] }
  }
  const own = report.modules.filter(({ source }) => /\.tsx?$/.test(source) && !source.includes('node_modules'))
  const violations = report.summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to }))
  return { moduleCount: own.length, violations }
}

if (import.meta.main) {
  // One planted violation here keeps `npm run check` honest by itself; checks/boundaries.test.ts tries them all.
  const [first] = plantedViolations
  if (!first?.rule) throw new Error('checks/planted-violations.ts starts with a violation')
  const [report, reported] = await Promise.all([findViolations(), rulesReporting(first)])
  const complaints = report.violations.map(({ rule, from, to }) => `${rule}: ${from} -> ${to}`)
  if (report.moduleCount < minimumModuleCount) {
    complaints.push(
      `only ${report.moduleCount} modules seen, at least ${minimumModuleCount} expected: the parser is blind`,
    )
  }
  if (!reported.includes(first.rule)) complaints.push(`planted violation not found: ${first.title}`)
  for (const complaint of complaints) console.error(complaint)
  console.log(
    `${report.moduleCount} modules, ${report.violations.length} violations, planted violation ${reported.includes(first.rule) ? 'found' : 'MISSED'}`,
  )
  process.exitCode = complaints.length > 0 ? 1 : 0
}
