import type { ServerResponse } from 'node:http'
import { encodeEntities } from '../../../storage/http/xml.ts'

/** A refusal in the service's words: `reason` is the JSON API's, `code` the XML API's. */
export interface GcsFault {
  readonly status: number
  readonly reason: string
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export function sendJsonFault(response: ServerResponse, { status, reason, message, headers }: GcsFault): void {
  const error = { code: status, message, errors: [{ message, domain: 'global', reason }] }
  send(response, status, { 'content-type': 'application/json; charset=UTF-8', ...headers }, JSON.stringify({ error }))
}

export function sendXmlFault(response: ServerResponse, { status, code, message, headers }: Omit<GcsFault, 'reason'>): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, headers)
}

export function sendXml(response: ServerResponse, status: number, xml: string, headers: Readonly<Record<string, string>> = {}): void {
  send(response, status, { 'content-type': 'application/xml; charset=UTF-8', ...headers }, `<?xml version='1.0' encoding='UTF-8'?>${xml}`)
}

export function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}, body = ''): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

export const textNode = (name: string, text: string | number): string => `<${name}>${encodeEntities(String(text))}</${name}>`
