/**
 * The batches that a process copies at the same time, in the order in which they began. The first has most of the requests, so that
 * they end one after the other: ending together they would leave the process idle until it has read the next ones.
 */
export interface BatchOrder {
  join(): BatchPlace
}
export interface BatchPlace {
  /** Resolves once all that joined before have left. */
  readonly first: Promise<void>
  /** Leaving twice is harmless. */
  leave(): void
}

export function makeBatchOrder(): BatchOrder {
  const line: { readonly step: () => void }[] = []
  return {
    join() {
      const { promise: first, resolve: step } = Promise.withResolvers<void>()
      const place = { step }
      line.push(place)
      line[0]?.step()
      return {
        first,
        leave() {
          const at = line.indexOf(place)
          if (at >= 0) line.splice(at, 1)
          line[0]?.step()
        },
      }
    },
  }
}
