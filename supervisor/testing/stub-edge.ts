import { platform, sockets } from './config.ts'
import { serve } from './stub-server.ts'

serve({ path: sockets.edge })
serve({ host: platform.bind, port: platform.httpPort })
serve({ host: platform.bind, port: platform.httpsPort })
