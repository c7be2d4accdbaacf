#!/usr/bin/env node
// Runs on whatever Node the user has: installs what is missing, then hands over to the Node 24 that came with the project.
'use strict'
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const { ensureDependencies, nodeBinary } = require('../tools/launch.cjs')

try {
  ensureDependencies()
  const { status, signal } = spawnSync(nodeBinary(), [path.join(__dirname, 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(signal === null ? (status ?? 1) : 130)
} catch (error) {
  console.error(`platen: ${error.message}`)
  process.exit(1)
}
