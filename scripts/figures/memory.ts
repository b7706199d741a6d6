/** What a worker host's processes take, as Linux counts it. */
import { readFile, readdir, writeFile } from 'node:fs/promises'

const KiB = 1024

/** VmHWM of the process and of each below it, in bytes, the process's own first. */
export async function peakBytes(pid: number): Promise<number[]> {
  const children = await childrenOf(pid)
  const below = await Promise.all(children.map(peakBytes))
  const own = await peakOf(pid)
  return [...(own === undefined ? [] : [own]), ...below.flat()]
}

/** CPU seconds so far, of the process and of each below it that lives. */
export async function cpuSeconds(pid: number): Promise<number> {
  const below = await Promise.all((await childrenOf(pid)).map(cpuSeconds))
  return below.reduce((sum, seconds) => sum + seconds, await ownCpu(pid))
}

const ticksPerSecond = 100

/** User and system time: the 14th and 15th field, counted behind a name that may hold spaces. */
async function ownCpu(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond
}

/** Lets peaks begin anew. */
export async function forgetPeaks(pid: number): Promise<void> {
  await Promise.all([writeFile(`/proc/${pid}/clear_refs`, '5'), ...(await childrenOf(pid)).map(forgetPeaks)])
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
