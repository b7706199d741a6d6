/** By what a job is found in Temporal. Set at the start, `JobStatus` again on each change of the status, `JobRun` at each run. */
export const searchAttributes = {
  JobStatus: 'Keyword',
  JobSource: 'Keyword',
  JobDestination: 'Keyword',
  JobRun: 'Int',
} as const

export type SearchAttributeName = keyof typeof searchAttributes

export const searchAttributeNames = Object.keys(searchAttributes) as readonly SearchAttributeName[]
