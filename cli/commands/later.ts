import type { Command } from '../command.ts'
import { invalid } from '../options.ts'

/** Commands of a later version: known, so that they can be refused with a sentence. */
const later = (name: string, sentence: string): Command => ({
  name,
  summary: sentence,
  positionals: [],
  options: {},
  examples: [],
  later: true,
  run: () => Promise.reject(invalid(`"tranship ${name}" comes with a later version of tranship: ${sentence}.`)),
})

export const laterCommands: readonly Command[] = [
  later('change', 'for now stop the job and make it again with other options'),
]
