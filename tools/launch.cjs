// The first thing that runs on a fresh machine: Node 20, nothing installed. It installs what package-lock.json says, then hands over to
// the Node 24 that came with it. CommonJS, no dependency, no shell. `cli/platen.cjs` may require it for the same two services.
'use strict'
const { spawn, spawnSync } = require('node:child_process')
const { createHash, randomUUID } = require('node:crypto')
const fs = require('node:fs')
const { constants } = require('node:os')
const path = require('node:path')

const root = path.dirname(__dirname)
const modules = path.join(root, 'node_modules')
const stampFile = path.join(modules, '.platen-installed')
const lockFile = path.join(root, '.cache', 'install.lock')
const wantedMajor = 24
const lockWaitMs = 15 * 60_000

// Each script is a list of .ts programs run one after the other; the last one receives the arguments. Any other name is a file of tools/:
// `bench:sites` runs tools/bench-sites.ts.
const scripts = {
  start: [['tools/build-web.ts'], ['supervisor/main.ts']],
  test: [['tools/test.ts']],
  check: [['tools/check.ts']],
}

/** Installs what the lock file says unless it is installed already. Safe when two run at once. Throws with a sentence for the user. */
function ensureDependencies() {
  const wanted = createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  if (isInstalled(wanted)) return
  withInstallLock(() => {
    if (isInstalled(wanted)) return
    install()
    fs.writeFileSync(stampFile, wanted)
  })
}

/** Path of a Node that runs our TypeScript: the vendored one, else the running one when it is new enough. */
function nodeBinary() {
  const vendored = path.join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (fs.existsSync(vendored)) return vendored
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath
  throw new Error(
    `Platen needs Node ${wantedMajor}. It brings its own on Linux x64 and arm64, but ${vendored} is missing and this is Node ` +
      `${process.versions.node}. Remove node_modules and try again, or install Node ${wantedMajor} yourself.`,
  )
}

function isInstalled(wanted) {
  if (readOrEmpty(stampFile) === wanted) return true
  if (!installedByHand()) return false
  try {
    fs.writeFileSync(stampFile, wanted)
  } catch {
    // A read-only checkout: the comparison is only repeated next time.
  }
  return true
}

// A developer's own `npm install` leaves no stamp. npm's record of what it installed is compared instead of reinstalling everything.
function installedByHand() {
  try {
    const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
    const found = JSON.parse(fs.readFileSync(path.join(modules, '.package-lock.json'), 'utf8')).packages
    return Object.entries(wanted).every(([location, entry]) => {
      if (!location.includes('node_modules')) return true
      const present = found[location]
      if (present === undefined) return entry.optional === true && !isMadeForThisMachine(entry)
      return (
        present.version === entry.version &&
        present.integrity === entry.integrity &&
        fs.existsSync(path.join(root, location))
      )
    })
  } catch {
    return false
  }
}

// npm leaves out what is made for other machines, and what only those need (no `os` and `cpu` of its own).
function isMadeForThisMachine({ os, cpu, libc }) {
  return os?.includes(process.platform) && cpu?.includes(process.arch) && libc === undefined
}

function install() {
  console.error('platen: installing dependencies (npm ci), about a minute the first time ...')
  const startedMs = Date.now()
  const options = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath
  const [file, args] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm, ...options]] : ['npm', options]
  const done = spawnSync(file, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.error) throw new Error(`Cannot run npm (${done.error.message}). Install npm, then try again.`)
  if (done.status !== 0) {
    throw new Error(
      `npm ci failed (${done.signal ?? `exit code ${done.status}`}), see above. Usual reasons: no network or registry, a full disk, ` +
        'or a package.json changed without package-lock.json. Nothing was started.',
    )
  }
  console.error(`platen: installed in ${Math.round((Date.now() - startedMs) / 1000)} s`)
}

// The lock is outside node_modules, which `npm ci` removes. It holds the owner's process id, so a killed owner's lock is taken over.
function withInstallLock(work) {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true })
  const mine = `${process.pid} ${randomUUID()}`
  const deadlineMs = Date.now() + lockWaitMs
  let told = false
  while (!tryLock(mine)) {
    if (Date.now() > deadlineMs)
      throw new Error(`Another installation holds ${lockFile} for too long; remove it if none runs.`)
    if (!told) console.error('platen: waiting for another installation to finish ...')
    told = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  }
  try {
    work()
  } finally {
    if (readOrEmpty(lockFile) === mine) fs.rmSync(lockFile, { force: true })
  }
}

function tryLock(mine) {
  try {
    fs.writeFileSync(lockFile, mine, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holder = readOrEmpty(lockFile)
  // Empty: its owner is between creating and writing it, or died there; age tells.
  if (holder === '' ? isOlderThan(lockFile, 5_000) : !isAlive(Number(holder.split(' ')[0]))) discardLock(holder)
  return false
}

// Renaming is atomic: of two waiters one gets the file. If it was a new owner's lock after all, it is put back.
function discardLock(holder) {
  const aside = `${lockFile}.${randomUUID()}`
  try {
    fs.renameSync(lockFile, aside)
    if (fs.readFileSync(aside, 'utf8') !== holder) fs.linkSync(aside, lockFile)
    fs.rmSync(aside, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
}

function isOlderThan(file, ageMs) {
  try {
    return Date.now() - fs.statSync(file).mtimeMs > ageMs
  } catch {
    return false
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function readOrEmpty(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Runs one program with the right Node; resolves with its exit code. The child leads its own process group, so Ctrl-C reaches it exactly
 * once: from here. With `watched` it also gets a channel that closes when this process dies, even by kill -9.
 */
function run(program, args, { watched }) {
  const environment = {
    ...process.env,
    PATH: `${path.join(modules, '.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  }
  const child = spawn(nodeBinary(), [path.join(root, program), ...args], {
    env: environment,
    detached: true,
    stdio: watched ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  })
  let isTold = false
  const forward = (signal) => {
    isTold = true
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
  for (const signal of signals) process.on(signal, forward)
  // npm passes on some signals and dies of others without a word: whoever started us being gone means stop.
  const parent = process.ppid
  const watch = setInterval(() => !isTold && process.ppid !== parent && forward('SIGTERM'), 500)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      for (const name of signals) process.removeListener(name, forward)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

async function main([script = '', ...args]) {
  const programs = programsOf(script)
  ensureDependencies()
  for (const [index, [program, ...own]] of programs.entries()) {
    const isLast = index === programs.length - 1
    // The platform itself survives its launcher; a test run or a build must not.
    const code = await run(program, isLast ? [...own, ...args] : own, { watched: program.startsWith('tools/') })
    if (code !== 0 || isLast) return code
  }
  return 0
}

function programsOf(script) {
  if (Object.hasOwn(scripts, script)) return scripts[script]
  const program = `tools/${script.replaceAll(':', '-')}.ts`
  if (/^[a-z][a-z0-9:-]*$/.test(script) && fs.existsSync(path.join(root, program))) return [[program]]
  throw new Error(`Unknown script '${script}'. There are: ${Object.keys(scripts).join(', ')}, and the files of tools/.`)
}

module.exports = { ensureDependencies, nodeBinary }

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => {
      console.error(`platen: ${error.message}`)
      process.exit(1)
    },
  )
}
