import type { Client } from '@temporalio/client'

/** One payload as `describe` gives it raw. */
export type Payload = Parameters<Client['options']['loadedDataConverter']['payloadConverter']['fromPayload']>[0]

/** Undone are the codecs that the client was made with, last first, then the conversion itself. */
export async function decodePayload(client: Client, payload: Payload): Promise<unknown> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter
  let decoded: Payload | undefined = payload
  for (const codec of [...payloadCodecs].reverse()) decoded = decoded && (await codec.decode([decoded]))[0]
  return decoded && payloadConverter.fromPayload(decoded)
}
