/**
 * Field types of tranship.yaml. What the JSON Schema says is checked before `${ENV}` is filled in, so rules that a variable
 * might satisfy are refinements, which it leaves out. Messages follow the field's name: `endpoint must …`.
 */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { prefixFault } from '../../model/address.ts'

export const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a text: put it in quotes') })
  .min(1, 'may not be empty')

export const secret = text.meta({ description: 'A secret: write ${NAME} and set that environment variable where workers run.' })

export const webAddress = text.refine(isWebAddress, { error: 'must be a URL that begins with https:// or http://' })

function isWebAddress(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
}

export const prefix = z
  .string({ error: 'must be a text: put it in quotes' })
  .superRefine((value, context) => {
    const fault = prefixFault(value)
    if (fault) context.addIssue({ code: 'custom', message: fault, params: { prefix: true } })
  })
  .meta({ description: 'Only keys below this: may not start with "/", must end with "/".' })

/** Below a folder, and not out of it again. */
export const folder = prefix.refine((value) => !value.split('/').some((name) => name === '.' || name === '..'), {
  error: 'may not hold "." or ".."',
  params: { path: true },
})

export const absolutePath = text.refine(isAbsolute, { error: 'must be an absolute path', params: { path: true } })

const booleanText = { true: true, false: false } as const
export const flag = z.union(
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
export const positiveNumber = z.union([z.number().positive(), z.string().transform(Number).refine(positive)], {
  error: 'must be a number above 0',
})
