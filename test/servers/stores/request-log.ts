import { toText } from './bytes.ts'
import type { StoreRequest } from './request.ts'

/** One request, as far as it has come. */
export interface LoggedRequest {
  readonly operation: string
  readonly bucket: string | undefined
  readonly key: string | undefined
  readonly partNumber: string | undefined
  /** Of the request's body, as announced. */
  readonly bytes: number
  /** Its work was done, whatever became of the answer. */
  done: boolean
}

const mostRequests = 100_000

/** The requests since the last reset, in the order in which they came. */
export class RequestLog {
  #requests: LoggedRequest[] = []

  add(operation: string, { bucket, key, query, headers }: StoreRequest): LoggedRequest {
    const partNumber = query.get('partNumber')
    const bytes = Number(headers['content-length'] ?? 0)
    const logged: LoggedRequest = { operation, bucket, key: key === undefined ? key : toText(key), partNumber, bytes, done: false }
    if (this.#requests.length < mostRequests) this.#requests.push(logged)
    return logged
  }

  list(): readonly LoggedRequest[] {
    return this.#requests
  }

  reset(): void {
    this.#requests = []
  }
}
