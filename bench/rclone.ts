/** What rclone is told: its arguments, and both ends as remotes that it reads from the environment. */
import { caOf, type Place } from './place.ts'
import type { Task } from './tool.ts'

type Fields = Readonly<Record<string, string>>

interface Remote {
  readonly path: string
  readonly fields: Fields
}

export function rcloneArgs({ from, to }: Task, atOnce: string): string[] {
  const caFile = caOf(from.place)
  return [
    'copy', `src:${toRemote(from.place).path}`, `dst:${toRemote(to.place).path}`, '--fast-list', '--transfers', atOnce, '--checkers', atOnce,
    ...(caFile === undefined ? [] : ['--ca-cert', caFile]),
  ]
}

export const rcloneEnv = ({ from, to }: Task): Fields => ({ RCLONE_CONFIG: '/dev/null', ...envOf('SRC', from.place), ...envOf('DST', to.place) })

const envOf = (name: string, place: Place): Fields =>
  Object.fromEntries(Object.entries(toRemote(place).fields).map(([field, value]) => [`RCLONE_CONFIG_${name}_${field}`, value]))

function toRemote(place: Place): Remote {
  switch (place.vendor) {
    case 's3': {
      const { bucket, accessKeyId, secretAccessKey, endpoint, region } = place
      const fields = { TYPE: 's3', PROVIDER: 'Other', ACCESS_KEY_ID: accessKeyId, SECRET_ACCESS_KEY: secretAccessKey, ENDPOINT: endpoint, REGION: region, FORCE_PATH_STYLE: 'true' }
      return { path: bucket, fields }
    }
    case 'azblob':
      return { path: place.container, fields: { TYPE: 'azureblob', ACCOUNT: place.account, KEY: place.accountKey, ENDPOINT: place.endpoint } }
    case 'gcs':
      return { path: place.bucket, fields: { TYPE: 'google cloud storage', ANONYMOUS: 'true', ENDPOINT: `${place.endpoint}/storage/v1/`, BUCKET_POLICY_ONLY: 'true' } }
    case 'sftp': {
      const { host, port, user, privateKeyFile, path } = place
      return { path, fields: { TYPE: 'sftp', HOST: host, PORT: String(port), USER: user, KEY_FILE: privateKeyFile, KNOWN_HOSTS_FILE: 'none' } }
    }
    case 'nas':
      return { path: place.path, fields: { TYPE: 'local' } }
    case 'oss':
      throw new Error('rclone does not speak OSS.')
  }
}
