import { isIP } from 'node:net'

/** `https://` unless the endpoint says otherwise; without path. */
export function toEndpointUrl(endpoint: string): URL {
  return new URL(/^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`)
}

/** No bucket name can be put before these. */
export function isBareHost(url: URL): boolean {
  return url.hostname === 'localhost' || isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
}

export function pathStyle(url: URL, bucket: string): { origin: string; basePath: string } {
  return { origin: url.origin, basePath: `/${bucket}` }
}

export function virtualHost(url: URL, bucket: string): { origin: string; basePath: string } {
  return { origin: `${url.protocol}//${bucket}.${url.host}`, basePath: '' }
}

export function hostOf(url: URL, bucket: string, byPath = isBareHost(url)): { origin: string; basePath: string } {
  return byPath ? pathStyle(url, bucket) : virtualHost(url, bucket)
}
