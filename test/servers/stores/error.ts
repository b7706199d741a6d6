import type { Dialect, KnownError } from './dialect.ts'

/** An error by the code that this server uses; each dialect says its own code, status and message. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly options: ErrorOptions

  constructor(code: string, options: ErrorOptions = {}) {
    super(options.message ?? code)
    this.code = code
    this.options = options
  }
}

export interface ErrorOptions {
  readonly message?: string
  readonly status?: number
  /** OSS's number of the cause. */
  readonly ec?: string
  /** Further elements of the error document, in order. */
  readonly extra?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

export const invalidArgument = (message: string, name: string, value: string, ec?: string): StoreError =>
  new StoreError('InvalidArgument', {
    message,
    extra: { ArgumentName: name, ArgumentValue: value },
    ...(ec === undefined ? {} : { ec }),
  })

export function toKnownError({ errors, codes }: Dialect, { code, options }: StoreError): KnownError {
  const own = codes[code] ?? code
  const known = errors[own]
  const ec = options.ec ?? known?.[2]
  return {
    code: own,
    status: options.status ?? known?.[0] ?? 400,
    message: options.message ?? known?.[1] ?? own,
    extra: { ...options.extra, ...(ec === undefined ? {} : { EC: ec }) },
    headers: options.headers ?? {},
  }
}

export const toStoreError = (error: unknown): StoreError =>
  error instanceof StoreError
    ? error
    : new StoreError('InternalError', { message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
