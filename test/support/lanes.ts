/** How many test files run at once. They mostly wait, so more than there are processors; each lane has a Temporal server of its own. */
export const laneCount = 3

/** Which lane this process runs in, 0 to laneCount - 1. */
export const laneOf = ({ VITEST_POOL_ID = '1' }: NodeJS.ProcessEnv): number => (Number(VITEST_POOL_ID) - 1) % laneCount
