#!/usr/bin/env node
// Written for any Node that reads modules, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'fs'
import module from 'module'
import { homedir } from 'os'
import { join } from 'path'
import { fileURLToPath } from 'url'

const needed = [22, 19]
const have = process.versions.node.split('.').map(Number)

if (have[0] < needed[0] || (have[0] === needed[0] && have[1] < needed[1])) {
  console.error('tranship needs Node ' + needed.join('.') + ' or newer; this is ' + process.versions.node + '. Install a newer Node and try again.')
  process.exit(3)
}

// V8 lets garbage grow with the machine's memory, not with what is needed: a worker, which lives long, is held to less.
const heap = ['--max-old-space-size=384', '--initial-old-space-size=96', '--max-semi-space-size=16', '--report-exclude-env']
const isHeld = (process.execArgv.join(' ') + (process.env.NODE_OPTIONS || '')).includes('--max-old-space-size')
if (process.argv[2] === 'worker' && process.execve && !isHeld) {
  process.execve(process.execPath, [process.execPath, ...heap, ...process.execArgv, ...process.argv.slice(1)], process.env)
}

// Halves the time until a command begins. Threads and copy processes, which this file does not start, find it by the variable.
const compiled = join(process.env.TRANSHIP_CACHE || join(homedir(), '.cache', 'tranship'), 'compiled')
module.enableCompileCache(compiled)
if (process.env.NODE_COMPILE_CACHE === undefined) process.env.NODE_COMPILE_CACHE = compiled

const source = new URL('../cli/main.ts', import.meta.url)
const built = new URL('../dist/cli/main.js', import.meta.url)
void import(existsSync(fileURLToPath(source)) ? source.href : built.href)
