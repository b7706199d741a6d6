/** JSON as Temporal's own. Anything else, and what cannot be decoded, arrives as a value: a throw would wedge the workflow for ever. */
import { CompositePayloadConverter, JsonPayloadConverter, UndefinedPayloadConverter } from '@temporalio/common'
import type { Payload, PayloadConverter } from '@temporalio/common'

const inner = new CompositePayloadConverter(new UndefinedPayloadConverter(), new JsonPayloadConverter())

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => inner.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return inner.fromPayload<T>(payload)
    } catch {
      return { undecodable: true } as T
    }
  },
}
