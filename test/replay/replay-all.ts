/**
 * Replays every recorded history against a bundle, in this process's time zone, and prints one line of JSON: the zone, and what
 * went wrong by file. A process of its own, since the time zone of a process is fixed when it starts.
 *
 *   TZ=Asia/Kolkata node test/replay/replay-all.ts BUNDLE
 */
import { replay, recordedHistories } from './replay.ts'

const [, , codePath = ''] = process.argv
const faults: Record<string, string> = {}
let replayed = 0
for (const { file, history } of await recordedHistories()) {
  const fault = await replay({ codePath }, history)
  if (fault) faults[file] = fault.message
  replayed++
}
process.stdout.write(`${JSON.stringify({ offsetMinutes: new Date(0).getTimezoneOffset(), replayed, faults })}\n`)
process.exit(0)
