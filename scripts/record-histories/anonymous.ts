/** Takes out of a history what belongs to the machine it was recorded on; the decisions in it stay as they are. */
import { hostname, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { History } from '../figures/history.ts'

const checkout = `${resolve(import.meta.dirname, '../..')}/`
const folders = new RegExp(`${tmpdir()}/tranship-[\\w-]+`, 'g')

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** One event a line, so that changes can be read. */
export function anonymous(history: History, job: string, run: number): { readonly file: string; readonly text: string } {
  const { events } = clean(JSON.parse(historyToJSON(history)) as Json) as { events: Json[] }
  const text = `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`
  return { file: `${job}.${run}.json`, text }
}

function clean(value: Json, name = ''): Json {
  if (typeof value === 'string') return name === 'data' ? cleanData(value) : cleanText(value, name)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => clean(item, name))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner, key)]))
}

/** Payloads are base64 of JSON. */
const cleanData = (data: string): string => Buffer.from(cleanText(Buffer.from(data, 'base64').toString(), 'data')).toString('base64')

function cleanText(text: string, name: string): string {
  if (name === 'identity' || name === 'workerIdentity') return 'worker'
  return text
    .replaceAll(hostname(), 'host')
    .replaceAll(checkout, '')
    .replace(folders, '/etc/tranship')
    .replace(/\b\d+@host\b/g, '1@host')
    .replace(/(localhost|127\.0\.0\.1):\d+/g, 'oss.example.com')
}
