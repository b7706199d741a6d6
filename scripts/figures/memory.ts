/** Peak memory of a worker host's processes, as Linux counts it. */
import { readFile, readdir } from 'node:fs/promises'

const KiB = 1024

/** VmHWM of the process and of each below it, in bytes, the process's own first. */
export async function peakBytes(pid: number): Promise<number[]> {
  const children = await childrenOf(pid)
  const below = await Promise.all(children.map(peakBytes))
  const own = await peakOf(pid)
  return [...(own === undefined ? [] : [own]), ...below.flat()]
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')))
  return [...new Set(lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number)))]
}

async function peakOf(pid: number): Promise<number | undefined> {
  const [command, status] = await Promise.all([
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''), readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
  ])
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined || /^(sh|cat)\s*$/.test(command) ? undefined : Number(kilobytes) * KiB
}
