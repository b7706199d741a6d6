import { boundaryAt, type Boundary, type Flow } from '../model/flow/flow.ts'

export interface BoundaryInput {
  readonly flow: Flow
  readonly timeZone: string
  readonly atMs: number
}

/** Recorded, because two versions of Node may know different time zones. */
export const nextBoundary = async ({ flow, timeZone, atMs }: BoundaryInput): Promise<Boundary> => boundaryAt(flow, timeZone, atMs)
