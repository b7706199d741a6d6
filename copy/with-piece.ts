/** What every piece needs before it begins, in this order: the job's pace, memory, a place among the requests. */
import { aborted } from '../storage/retrying.ts'
import type { Engine } from './engine.ts'
import type { Piece } from './piece-pool.ts'
import type { PacedRead } from './read-window.ts'

/** Absent where the job has no pace. */
export type MaybePaced = PacedRead | undefined

/** Fails `aborted` when no piece may begin any more before all is there. */
export async function withPiece<T>(engine: Engine, bytes: number, act: (piece: Piece, paced: MaybePaced) => Promise<T>): Promise<T> {
  const paced = await engine.pace?.begin(bytes, { signal: engine.closing })
  try {
    return await withMemory(engine, bytes, (piece) => act(piece, paced))
  } finally {
    paced?.end()
  }
}

async function withMemory<T>({ pieces, pool, signal, stopped }: Engine, bytes: number, act: (piece: Piece) => Promise<T>): Promise<T> {
  const piece = await pieces.take(bytes, { signal })
  const begin = async (): Promise<T> => {
    if (stopped()) throw aborted()
    return await act(piece)
  }
  try {
    return await pool.run(begin, { signal })
  } finally {
    piece.release()
  }
}
