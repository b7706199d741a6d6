/** Where a job that is followed has come to. */
import type { JobView } from '../model/status.ts'

/** The run is over: nothing happens any more unless somebody asks for it. */
export const isOver = ({ status }: JobView): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Create Failed'

export type Until = (view: JobView, open: boolean) => boolean

/** The workflow is closed too, or waits for a retry. */
export const hasEnded: Until = (view, open) => isOver(view) && (!open || view.phase === 'waiting')
