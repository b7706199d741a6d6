/** How long a batch waits before it looks for its restored files again: doubling, up to an hour. */
export const defaultRestoreDays = 7
export const defaultRestoreWaitMs = 2 * 60_000
const longestWaitMs = 3_600_000

/** A file whose restored copy is not there after this long fails. */
export const mostRestoringMs = 7 * 24 * 3_600_000

/** `looks` counts from 1. */
export const restoreWaitMs = (looks: number, firstMs = defaultRestoreWaitMs): number =>
  Math.max(firstMs, Math.min(longestWaitMs, firstMs * 2 ** (looks - 1)))
