// What breaks programs: each of these has broken one somewhere. fast-check chooses among them and makes more.
import fc from 'fast-check'

const injections = [
  `'`,
  `"`,
  `\\`,
  `' OR 1=1 --`,
  `'; SELECT pg_sleep(9); --`,
  `1) UNION SELECT NULL --`,
  `$1`,
  `$$`,
  `%`,
  `_`,
  `%%%____`,
  `\\%`,
  '${7*7}',
  '{{7*7}}',
  '$(id)',
  '`id`',
  '; id',
  '<script>alert(1)</script>',
  '=1+1',
  '../../../etc/passwd',
  '..\\..\\boot.ini',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  'a\r\nset-cookie: x=1',
  '\u001b[31m',
]

const oddText = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfff',
  '\uffff',
  '\ufeff',
  '\u202eabc',
  '\u2028',
  'é',
  'e\u0301',
  'ﬁ',
  'İ',
  '👩‍👩‍👧‍👦',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  '\t',
  '\n',
  '\u007f',
  '\u0085',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  'NaN',
  '[object Object]',
]

const oddNumbers = [
  '-0',
  '0.1',
  '-1',
  '1e309',
  '-1e309',
  '1e-400',
  '2147483647',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999999999',
  '1E5',
  '+1',
  '0x10',
  '1_000',
  '٣',
  'Infinity',
]

const oddTimes = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '0000-01-01T00:00:00+23:59',
  '2024-02-30T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '4714-11-24 BC',
  'infinity',
  '-infinity',
  'now',
  'epoch',
  'allballs',
]

const oddIds = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '01990000-0000-7000-8000-00000000000g',
  '01990000000070008000000000000001',
  '{01990000-0000-7000-8000-000000000001}',
  '-1',
  '0',
]

const huge = [200, 201, 255, 256, 1000, 4096, 10_000].flatMap((length) => ['a'.repeat(length), '👩'.repeat(length / 4)])

/** Text that something behind us may take for more than text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...injections, ...oddText, ...oddNumbers, ...oddTimes, ...oddIds),
  fc.constantFrom(...huge),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
)

const jsonTokens = [
  ...oddNumbers,
  'null',
  'true',
  '[]',
  '{}',
  '[null]',
  '[[[[[[[[[[]]]]]]]]]]',
  '{"__proto__":{"operator":true}}',
  '{"constructor":{"prototype":{"operator":true}}}',
  '{"length":1000000000}',
  '{"toString":1,"valueOf":1,"toJSON":1}',
  '{"then":1}',
  'NaN',
  '[1,]',
  "'a'",
]

/** The text of a value in JSON, or of what is none. */
export const hostileToken: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...jsonTokens),
  hostileText.map((text) => JSON.stringify(text)),
  fc.integer().map(String),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.array(fc.integer(), { minLength: 1, maxLength: 300 }).map((list) => JSON.stringify(list)),
)

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const nestedObjects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)

/** A body that is not what any route takes. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '{',
    '}',
    '[',
    '"',
    'null',
    '0',
    'true',
    '""',
    '[]',
    '{}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":{"operator":true}}',
    '{"constructor":{"prototype":{"operator":true}}}',
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
    '\ufeff{}',
    '{}{}',
    '{}//',
    nested(31),
    nested(33),
    nested(5000),
    nestedObjects(31),
    nestedObjects(40),
    'a=1&b=2',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  ),
  fc.json({ maxDepth: 4 }),
  hostileToken,
)

/** Larger than any JSON route takes. */
export const oversizedBody: fc.Arbitrary<string> = fc.constant(`{"name":"${'a'.repeat(1_048_576)}"}`)
