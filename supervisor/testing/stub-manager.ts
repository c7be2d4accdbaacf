import { writeFileSync } from 'node:fs'
import { dataPaths } from '@platen/kit/names'
import { platform, sockets } from './config.ts'
import { serve } from './stub-server.ts'

writeFileSync(dataPaths(platform.dataDirectory).setupCode, 'stub-setup-code\n', { mode: 0o600 })
serve({ path: sockets.manager })
