/** All heartbeats of a job serialise on its workflow: together no more than 40 a second. */
export const heartbeatEveryMs = (window: number): number => Math.max(5_000, (window / 40) * 1_000)
export const heartbeatTimeoutMs = (window: number): number => 3 * heartbeatEveryMs(window)
