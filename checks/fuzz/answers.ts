// What an answer must be, by the committed document: no failure of ours, a status that is declared, and a body of its schema.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ApiDocument, Json, Operation } from './api-document.ts'

export interface FuzzAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** Why an answer is wrong; undefined when it is as declared. */
export type AnswerCheck = (operation: Operation, answer: FuzzAnswer) => string | undefined

/** What any request may meet, whatever its route: the parser, the router, the limits. Declared as `default`. */
const anyRequest = new Set([400, 404, 405, 408, 413, 414, 415, 421, 429, 431])

export function answerCheck({ content }: ApiDocument): AnswerCheck {
  // Formats are patterns in our documents, too. `example` and `x-` members are not of JSON Schema.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'api', ...content })
  const validators = new Map<string, ValidateFunction>()
  const validatorOf = (...steps: string[]): ValidateFunction => {
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const found = validators.get(pointer) ?? ajv.compile({ $ref: `api#/${pointer}` })
    validators.set(pointer, found)
    return found
  }
  return (operation, { status, contentType, text }) => {
    const declared =
      String(status) in operation.responses ? String(status) : anyRequest.has(status) ? 'default' : undefined
    // What is full or busy and says so is an answer; an error of ours never is, declared or not.
    if (status >= 500 && (declared === undefined || status === 500)) return `answers ${status}`
    if (declared === undefined) return `answers ${status}, which is not declared`
    const types = operation.responses[declared]?.content
    if (types === undefined) return status === 204 && text !== '' ? 'answers 204 with a body' : undefined
    const type = contentType.split(';', 1)[0] ?? ''
    if (!(type in types)) return `answers ${status} as '${type}' instead of ${Object.keys(types).join(' or ')}`
    if (!/[/+]json$/.test(type)) return undefined
    const validate = validatorOf(
      'paths',
      operation.path,
      operation.method.toLowerCase(),
      'responses',
      declared,
      'content',
      type,
      'schema',
    )
    if (validate(parsed(text))) return undefined
    return `answers ${status} outside its schema: ${ajv.errorsText(validate.errors?.slice(0, 5))}`
  }
}

function parsed(text: string): Json {
  return JSON.parse(text) as Json // whatever it is, the schema is asked next
}
