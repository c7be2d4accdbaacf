import { spawn } from 'node:child_process'
import { bench, sockets } from './config.ts'
import { serve } from './stub-server.ts'

// A helper that does not end by itself: it must not outlive its bench.
spawn('sleep', ['3600'], { stdio: 'ignore' })
serve({ path: sockets.bench(bench.name, bench.index) })
