/** The pages of the edge itself: one self-contained HTML text each, French or English, light or dark, no script. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { STRICT_TRANSPORT_SECURITY } from './headers.ts'
import { edgeProblems, type EdgeProblemCode } from './problems.ts'

export interface EdgeAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

type Language = 'fr' | 'en'

const TEXTS: Record<EdgeProblemCode, Record<Language, [title: string, text: string]>> = {
  'edge-request-malformed': {
    en: ['Bad request', 'This request cannot be understood.'],
    fr: ['Requête incorrecte', 'Cette requête ne peut pas être comprise.'],
  },
  'edge-method-refused': {
    en: ['Method not allowed', 'This method is not served.'],
    fr: ['Méthode refusée', 'Cette méthode n’est pas servie.'],
  },
  'edge-request-too-slow': {
    en: ['Request too slow', 'The request took too long to arrive. Please try again.'],
    fr: ['Requête trop lente', 'La requête a mis trop de temps à arriver. Veuillez réessayer.'],
  },
  'edge-headers-too-large': {
    en: [
      'Headers too large',
      'The headers of this request are too large. Delete the cookies of this site and try again.',
    ],
    fr: [
      'En-têtes trop volumineux',
      'Les en-têtes de cette requête sont trop volumineux. Supprimez les cookies de ce site et réessayez.',
    ],
  },
  'host-unknown': {
    en: ['No site here', 'There is no site at this address. Check it for a typing error.'],
    fr: ['Aucun site ici', 'Il n’y a pas de site à cette adresse. Vérifiez qu’elle est bien écrite.'],
  },
  'site-is-suspended': {
    en: ['Site suspended', 'This site is suspended. Its data is kept. Please contact the person who manages it.'],
    fr: [
      'Site suspendu',
      'Ce site est suspendu. Ses données sont conservées. Veuillez contacter la personne qui le gère.',
    ],
  },
  'site-is-starting': {
    en: ['Starting…', 'This site is starting. This page reloads by itself.'],
    fr: ['Démarrage…', 'Ce site démarre. Cette page se recharge toute seule.'],
  },
  'site-is-busy': {
    en: ['Very busy', 'Too many requests reach this site at once. Please try again in a few seconds.'],
    fr: [
      'Très sollicité',
      'Trop de requêtes arrivent en même temps sur ce site. Veuillez réessayer dans quelques secondes.',
    ],
  },
  'site-unreachable': {
    en: ['Back in a moment', 'This site cannot be reached at the moment. Please try again in a few seconds.'],
    fr: [
      'De retour dans un instant',
      'Ce site est momentanément injoignable. Veuillez réessayer dans quelques secondes.',
    ],
  },
  'site-answer-failed': {
    en: [
      'No answer',
      'The site did not answer this request. Before trying again, check whether what you sent was done.',
    ],
    fr: [
      'Pas de réponse',
      'Le site n’a pas répondu à cette requête. Avant de réessayer, vérifiez si votre action a été prise en compte.',
    ],
  },
  'site-answer-late': {
    en: [
      'No answer in time',
      'The site took too long to answer. Before trying again, check whether what you sent was done.',
    ],
    fr: [
      'Pas de réponse à temps',
      'Le site a mis trop de temps à répondre. Avant de réessayer, vérifiez si votre action a été prise en compte.',
    ],
  },
  'console-unreachable': {
    en: [
      'Console not running',
      'The console is not running at the moment. Your sites go on working. Please try again in a minute.',
    ],
    fr: [
      'Console arrêtée',
      'La console est momentanément arrêtée. Vos sites continuent de fonctionner. Veuillez réessayer dans une minute.',
    ],
  },
}

const STYLE =
  ':root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f8f9fa;color:#212529;' +
  'font:1rem/1.6 system-ui,sans-serif}main{max-width:30rem;padding:2rem}h1{font-size:1.75rem;line-height:1.2;margin:0 0 1rem}' +
  'p{margin:0 0 1rem}small{color:#5c636a}@media(prefers-color-scheme:dark){body{background:#1a1b1e;color:#e9ecef}small{color:#a6adb4}}'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const RETRY_AFTER_SECONDS: Partial<Record<EdgeProblemCode, number>> = {
  'site-is-starting': 3,
  'site-is-busy': 2,
  'site-unreachable': 5,
  'console-unreachable': 10,
}
const SITE_STATE: Partial<Record<EdgeProblemCode, string>> = {
  'site-is-suspended': 'suspended',
  'site-is-starting': 'starting',
}

/** A page for a browser, problem+json for a program (it asks for JSON, or for a path of the API). */
export function edgeAnswer(
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  code: EdgeProblemCode,
  requestId: string,
): EdgeAnswer {
  const problem = edgeProblems.problem(code, edgeProblems.table[code].user)
  const retryAfterSeconds = RETRY_AFTER_SECONDS[code]
  const siteState = SITE_STATE[code]
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': POLICY,
    'strict-transport-security': STRICT_TRANSPORT_SECURITY,
    'x-request-id': requestId,
    vary: 'accept, accept-language',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(siteState !== undefined && { 'platen-site-state': siteState }),
  }
  if (!wantsPage(request)) {
    const body = JSON.stringify({ ...problem.toJSON(), instance: requestId })
    return { status: problem.status, headers: { ...headers, 'content-type': 'application/problem+json' }, body }
  }
  const language = preferredLanguage(request.headers['accept-language'])
  const body = page(code, language, requestId)
  return {
    status: problem.status,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-language': language },
    body,
  }
}

function page(code: EdgeProblemCode, language: Language, requestId: string): string {
  const [title, text] = TEXTS[code][language]
  const refresh = code === 'site-is-starting' ? '<meta http-equiv="refresh" content="3">' : ''
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<meta name="robots" content="noindex">${refresh}<title>${title}</title><style>${STYLE}</style></head>` +
    `<body><main><h1>${title}</h1><p>${text}</p><p><small>${edgeProblems.table[code].status} · ${requestId}</small></p></main></body></html>\n`
  )
}

function wantsPage(request: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  if (request.url?.startsWith('/api/')) return false
  const accept = request.headers.accept ?? ''
  return accept.includes('text/html') || !/\bjson\b/.test(accept)
}

/** The first of the two in the header's order; weights are ignored, browsers send them in descending order. */
function preferredLanguage(header: string | undefined): Language {
  const match = /\b(fr|en)\b/i.exec((header ?? '').slice(0, 200))
  return match?.[1]?.toLowerCase() === 'fr' ? 'fr' : 'en'
}
