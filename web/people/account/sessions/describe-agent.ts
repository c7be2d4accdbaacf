/** A user agent in two words, as far as it tells: enough to know one's own devices apart, no fingerprinting. */
export function describeAgent(userAgent: string): { program: string | null; system: string | null } {
  return { program: firstOf(programs, userAgent), system: firstOf(systems, userAgent) }
}

// The order decides: Edge and Opera also say Chrome, Chrome also says Safari, Android also says Linux.
const programs: readonly [string, RegExp][] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
  ['Platen', /^platen/i],
]
const systems: readonly [string, RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]

function firstOf(known: readonly [string, RegExp][], text: string): string | null {
  return known.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}
