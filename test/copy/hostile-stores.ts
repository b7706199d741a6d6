/** One server of each kind, with a source and a place for what comes from each of the others. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openStorage } from '../../storage/open.ts'
import type { Storage } from '../../storage/storage.ts'
import { startOssServer } from '../servers/stores/server.ts'
import { startAzurite } from '../support/azurite.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startSshd } from '../support/sshd.ts'
import { startVersitygw } from '../support/versitygw.ts'

export const kinds = ['s3', 'oss', 'azblob', 'nas', 'sftp'] as const
export type Kind = (typeof kinds)[number]

/** `name`: `source`, or where it comes from. */
export type Open = (kind: Kind, name: string) => Promise<Storage>

export const places = ['source', ...kinds.map((kind) => `from-${kind}`), 'chain']

export async function startStores(): Promise<{ readonly open: Open; readonly folders: Readonly<Record<'nas' | 'sftp', string>>; stop(): Promise<void> }> {
  const key = { accessKeyId: 'test-access', accessKeySecret: 'test-secret' }
  const [s3, oss, azure, sshd] = await Promise.all([
    startVersitygw(), startOssServer({ buckets: places.map((name) => ({ name })), keys: [key] }), startAzurite(), startSshd(),
  ])
  const folders = { nas: temporaryFolder('nas'), sftp: temporaryFolder('sftp') }
  for (const name of places) {
    await s3.makeBucket(name)
    await azure.makeContainer(name)
    for (const folder of Object.values(folders)) mkdirSync(join(folder, name))
  }
  const opened: Storage[] = []
  const addresses = {
    s3: (bucket: string) => ({ vendor: 's3' as const, endpoint: s3.endpoint, region: s3.region, accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey, bucket }),
    oss: (bucket: string) => ({ vendor: 'oss' as const, endpoint: oss.endpoint, region: oss.region, ...key, bucket }),
    azblob: (container: string) => ({ vendor: 'azblob' as const, endpoint: azure.endpoint, account: azure.account, accountKey: azure.accountKey, container }),
    nas: (name: string) => ({ vendor: 'nas' as const, path: join(folders.nas, name) }),
    sftp: (name: string) => sshd.address(join(folders.sftp, name)),
  }
  return {
    folders,
    async open(kind, name) {
      const storage = await openStorage(addresses[kind](name))
      opened.push(storage)
      return storage
    },
    async stop() {
      for (const storage of opened) await storage.close()
      await Promise.all([s3.stop(), oss.close(), azure.stop(), sshd.stop()])
    },
  }
}
