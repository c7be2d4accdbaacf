import pg from 'pg'

type Parser = (text: string) => unknown

// Object ids of built-in types, from pg_type.dat; they never change.
const TEXT_PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [20, BigInt], // int8
  [1016, arrayOf(BigInt)],
  [1231, arrayOf(asText)], // numeric[]: the default would turn money into floats
  [1082, asText], // date: a Date would be midnight somewhere
  [1182, arrayOf(asText)],
  [1114, asText], // timestamp without time zone: says no instant
  [1115, arrayOf(asText)],
])

/** Per connection, never through `pg.types.setTypeParser`: that one is shared with every library that uses pg. */
export const typeParsers: pg.CustomTypesConfig = {
  // The declared overloads of getTypeParser cannot be met by one function; these are the two arguments that pg passes.
  getTypeParser: parserOf as pg.CustomTypesConfig['getTypeParser'],
}

function parserOf(oid: number, format?: 'text' | 'binary'): Parser {
  const own = format === 'binary' ? undefined : TEXT_PARSERS.get(oid)
  // Declared as returning any.
  return own ?? (pg.types.getTypeParser(oid, format) as Parser)
}

function asText(text: string): string {
  return text
}

function arrayOf(parse: Parser): Parser {
  // pg-types declares arrayParser as a function; what it exports is an object with `create`.
  const { create } = pg.types.arrayParser as unknown as {
    create(source: string, transform: Parser): { parse(): unknown[] }
  }
  return (text) => create(text, (entry) => parse(entry)).parse()
}
