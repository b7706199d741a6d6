/** Requests for each object, counted between the tools and both servers: a small round of its own. */
import { assertCopied, empty, fillSource, prepare } from './files.ts'
import type { Rig } from './rig.ts'
import type { Task, Tool } from './tool.ts'
import type { Workload } from './workloads.ts'

const files = 2_000
const between = { files, bytes: 4_096, from: 'source', to: 'destination' } as const
const counted: readonly Workload[] = [
  { ...between, name: 'new', title: 'new objects', holds: 'nothing' },
  { ...between, name: 'same', title: 'nothing to do', holds: 'the same' },
]

/** A table of Markdown. */
export async function countRequests(rig: Rig, tools: readonly Tool[], say: (line: string) => void): Promise<string> {
  const lines = [`### Requests an object, of ${files}`, '', '| tool | workload | GET | HEAD | PUT | others | all |', '|---|---|---|---|---|---|---|']
  for (const workload of counted) {
    say(`Counting requests: ${workload.title} …`)
    const { source, destination } = rig.ends
    const kept = `${source.folder ?? ''}-counted`
    await fillSource(source, workload, kept)
    for (const tool of tools) {
      const task: Task = { workload, from: rig.ends['counted-source'], to: rig.ends['counted-destination'] }
      if (!tool.takes(task)) continue
      await prepare(destination, workload, kept, false)
      for (const proxy of rig.proxies) proxy.reset()
      await tool.copy(task)
      await assertCopied(destination, workload)
      lines.push(rowOf(rig, tool, workload))
    }
    await empty(destination)
  }
  return `${lines.join('\n')}\n`
}

function rowOf({ proxies }: Rig, { name }: Tool, { title }: Workload): string {
  const sums = { GET: 0, HEAD: 0, PUT: 0, others: 0 }
  for (const { requests } of proxies.map((proxy) => proxy.traffic())) {
    for (const [method, count] of Object.entries(requests)) sums[isNamed(method) ? method : 'others'] += count
  }
  const { GET, HEAD, PUT, others } = sums
  const each = [GET, HEAD, PUT, others, GET + HEAD + PUT + others].map((count) => (count / files).toFixed(3))
  return `| ${[name, title, ...each].join(' | ')} |`
}

const isNamed = (method: string): method is 'GET' | 'HEAD' | 'PUT' => method === 'GET' || method === 'HEAD' || method === 'PUT'
