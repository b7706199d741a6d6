/** Does something with each item, at most `width` at a time. The first failure ends it, once all that began have settled. */
export async function eachOf<T>(items: Iterable<T>, width: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]()
  let failed = false
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); !next.done && !failed; next = rest.next()) {
      await act(next.value).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane))
  const fault = lanes.find((result) => result.status === 'rejected')
  if (fault) throw fault.reason
}
