import type { Blob } from './store/blobs.ts'

/** What a handler gives back; the server adds the request id and sends it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | Content
}

/** Part of a stored object. */
export interface Content {
  readonly blobs: readonly Blob[]
  readonly first: number
  readonly length: number
}

export const xmlAnswer = (body: Buffer, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { ...headers, 'Content-Type': 'application/xml' },
  body,
})

export const emptyAnswer = (headers: Readonly<Record<string, string>> = {}, status = 200): Answer => ({ status, headers })
