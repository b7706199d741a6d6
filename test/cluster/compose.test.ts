import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fairness } from '../../embedded/dev-server.ts'
import { searchAttributes } from '../../model/search-attributes.ts'

interface Service {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy?: { readonly replicas: number }
}

const root = join(import.meta.dirname, '../..')
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const compose = parse(text('docker-compose.temporal.yml'), { merge: true }) as { services: Record<string, Service> }
const service = (name: string): Service => compose.services[name] ?? {}
const values = Object.values(compose.services)

describe('docker-compose.temporal.yml', () => {
  it('publishes ports on this machine only: there is no authentication', () => {
    const ports = values.flatMap(({ ports = [] }) => ports)
    expect(ports).toEqual(['127.0.0.1:7233:7233', '127.0.0.1:8233:8080'])
  })

  it('starts in the order database, schema, server, namespace, workers', () => {
    expect(service('temporal-schema').depends_on).toEqual({ postgresql: { condition: 'service_healthy' } })
    expect(service('temporal').depends_on).toEqual({ 'temporal-schema': { condition: 'service_completed_successfully' } })
    expect(service('temporal-namespace').depends_on).toEqual({ temporal: { condition: 'service_healthy' } })
    expect(service('worker').depends_on).toEqual({ 'temporal-namespace': { condition: 'service_completed_successfully' } })
  })

  it('sets what can never be changed later: 512 history shards', () => {
    expect(service('temporal').environment?.['NUM_HISTORY_SHARDS']).toBe('512')
  })

  it('lets jobs take turns, as the embedded server does', () => {
    const dynamicConfig = parse(text('docker/dynamic-config.yaml')) as Record<string, unknown>
    for (const [setting, value] of Object.entries(fairness)) expect(dynamicConfig[setting]).toEqual([{ value }])
  })

  it('mounts only files that are shipped, and the user\'s own tranship.yaml', () => {
    const mounted = values.flatMap(({ volumes = [] }) => volumes).map((volume) => volume.split(':')[0]!).filter((path) => path.startsWith('.'))
    expect(mounted.filter((path) => !existsSync(join(root, path)))).toEqual(['./tranship.yaml'])
    const target = service('temporal').volumes?.[0]?.split(':')[1]
    expect(service('temporal').environment?.['DYNAMIC_CONFIG_FILE_PATH']).toBe(target)
  })

  it('uses no retired image, and Debian for workers', () => {
    expect(values.map(({ image = '' }) => image).filter((image) => image.includes('auto-setup'))).toEqual([])
    const bases = [...text('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    expect(bases).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim'])
  })

  it('runs more than one worker', () => expect(service('worker').deploy?.replicas).toBeGreaterThan(1))
})

describe('docker/setup-namespace.sh', () => {
  it('registers the search attributes that jobs use', () => {
    const registered = [...text('docker/setup-namespace.sh').matchAll(/--name (\w+) --type (\w+)/g)].map(([, name, type]) => [name, type])
    expect(Object.fromEntries(registered)).toEqual(searchAttributes)
  })
  it('can be run, as can setup-schema.sh', () => {
    for (const script of ['docker/setup-namespace.sh', 'docker/setup-schema.sh']) accessSync(join(root, script), constants.X_OK)
  })
})
