import { platform } from './config.ts'
import { serve } from './stub-server.ts'

serve({ host: platform.bind, port: platform.httpPort })
serve({ host: platform.bind, port: platform.httpsPort })
