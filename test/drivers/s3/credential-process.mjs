// Stands in for a program of an AWS profile's `credential_process`: prints the file it is given, and notes that it ran.
import { appendFileSync, readFileSync } from 'node:fs'

const [, , file] = process.argv
appendFileSync(`${file}.runs`, 'run\n')
process.stdout.write(readFileSync(file))
