import { join } from 'node:path'
import { platform, sockets } from './config.ts'
import { serve } from './stub-server.ts'

serve({ path: join(sockets.directory, 'edge.sock') })
serve({ host: platform.bind, port: platform.httpPort })
serve({ host: platform.bind, port: platform.httpsPort })
