import { StorageError } from '../error.ts'
import type { GetOptions, ObjectInfo, Sink } from '../storage.ts'
import type { ReceivedHeaders } from './headers.ts'

/** What the head of an answer says of its body. */
export interface Announced {
  readonly info: ObjectInfo
  readonly bytes: number
}

export interface BodyReading {
  /** What it throws fails the call. */
  readonly begin: (status: number, headers: ReceivedHeaders) => Announced
  readonly send: (onAnswer: (status: number, headers: ReceivedHeaders) => Sink) => Promise<unknown>
  readonly sink: Sink
  readonly onInfo?: GetOptions['onInfo']
}

/** The body goes straight into the sink. Fails `premature-end` where other than the announced bytes come. */
export async function readBody({ begin, send, sink, onInfo }: BodyReading): Promise<ObjectInfo> {
  let announced: Announced | undefined
  let received = 0
  await send((status, headers) => {
    const { info, bytes } = (announced = begin(status, headers))
    onInfo?.(info)
    return (chunk) => {
      received += chunk.length
      if (received > bytes) throw wrongLength(received, bytes)
      return sink(chunk)
    }
  })
  if (received !== announced?.bytes) throw wrongLength(received, announced?.bytes ?? 0)
  return announced.info
}

const wrongLength = (received: number, announced: number): StorageError =>
  new StorageError(`The body has ${received} bytes, ${announced} were announced.`, { kind: 'premature-end' })
