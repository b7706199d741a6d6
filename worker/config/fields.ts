/**
 * Field kinds of tranship.yaml. What the JSON Schema says is checked before `${ENV}` is filled in, so rules that a variable
 * might satisfy are refinements, which it leaves out. Messages follow the field's name: `endpoint must …`.
 */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { prefixFault } from '../../model/address.ts'
import { didYouMean } from '../../model/suggest.ts'
import type { Field, FieldKind } from '../../storage/address-form.ts'
import { named } from './error.ts'

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a text: put it in quotes') })
  .min(1, 'may not be empty')

const url = text.refine(isWebAddress, { error: 'must be a URL that begins with https:// or http://' })

function isWebAddress(value: string): boolean {
  const parsed = URL.parse(value)
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:')
}

const prefix = z.string({ error: 'must be a text: put it in quotes' }).superRefine((value, context) => {
  const fault = prefixFault(value)
  if (fault) context.addIssue({ code: 'custom', message: fault, params: { prefix: true } })
})

/** Below a folder, and not out of it again. */
const folder = prefix.refine((value) => !hasDots(value), { error: 'may not hold "." or ".."', params: { path: true } })
export const hasDots = (path: string): boolean => path.split('/').some((name) => name === '.' || name === '..')

const absolutePath = text.refine(isAbsolute, { error: 'must be an absolute path', params: { path: true } })

const booleanText = { true: true, false: false } as const
const flag = z.union(
  [
    z.boolean(),
    z
      .string()
      .refine((value) => Object.hasOwn(booleanText, value))
      .transform((value) => booleanText[value as keyof typeof booleanText]),
  ],
  { error: 'must be true or false' },
)

const positive = (value: number): boolean => Number.isFinite(value) && value > 0
const number = z.union([z.number().positive(), z.string().transform(Number).refine(positive)], {
  error: 'must be a number above 0',
})

const schemas = { text, secret: text, url, prefix, folder, 'absolute-path': absolutePath, file: text, 'address-key': text, flag, number } satisfies Record<Exclude<FieldKind, 'choice'>, z.ZodType>
function choice(values: readonly string[]): z.ZodType {
  return z.enum(values, {
    error: ({ input }) => {
      if (input === undefined) return 'is missing.'
      const given = typeof input === 'string' ? input : JSON.stringify(input)
      return `may be ${values.join(', ')}, not ${named(given)}.${didYouMean(given, values)}`
    },
  })
}

const secretWords = 'A secret: write ${NAME} and set that environment variable where workers run.'

export function toSchema({ kind, optional, says, values = [] }: Field): z.ZodType {
  const words = says ?? (kind === 'secret' ? secretWords : undefined)
  const required = kind === 'choice' ? choice(values) : schemas[kind]
  const schema = optional ? required.optional() : required
  return words === undefined ? schema : schema.meta({ description: words })
}
