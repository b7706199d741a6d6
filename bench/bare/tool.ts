/** The bare loop as one of the tools: the machine's own measure. */
import { fileURLToPath } from 'node:url'
import { runToEnd } from '../run-to-end.ts'
import type { Place } from '../place.ts'
import type { Sample, Tool } from '../tool.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** Both places must be S3's, without TLS. */
export async function copyBare(from: Place, to: Place): Promise<Sample> {
  let said = ''
  const whole = await runToEnd(process.execPath, [main], { env: { BARE: JSON.stringify([from, to]) }, onOutput: (text) => void (said += text) })
  return { ...(JSON.parse(said) as Pick<Sample, 'seconds' | 'cpuSeconds'>), peakBytes: whole.peakBytes }
}

export const bareLoop: Tool = {
  name: 'bare loop',
  kind: 'bare',
  takes: ({ workload, to, from }) => workload.holds === 'nothing' && workload.bytes !== undefined && from.name.endsWith('source') && to.place.vendor === 's3',
  copy: ({ from, to }) => copyBare(from.place, to.place),
}
