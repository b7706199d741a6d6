/** Whoever takes up memory or a place among the requests waits here first while a store wants to be asked less. */
import type { CallOptions, Storage } from '../storage/storage.ts'

/** Undefined: nobody has to wait. Fails `aborted`. */
export function roomAtBoth({ source, destination }: { readonly source: Storage; readonly destination: Storage }, options: CallOptions): Promise<unknown> | undefined {
  const waits = [source.turns?.room(options), destination.turns?.room(options)].filter((wait) => wait !== undefined)
  return waits.length === 0 ? undefined : Promise.all(waits)
}
