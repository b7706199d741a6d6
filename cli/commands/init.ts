import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { textOf, type Command } from '../command.ts'
import { invalid } from '../options.ts'
import { printResult } from '../output.ts'

export const initCommand: Command = {
  name: 'init',
  summary: 'Write a commented tranship.yaml to start from',
  positionals: [],
  options: {},
  examples: [['tranship init', 'in the folder where you work']],
  run: async (args, shell) => {
    const file = resolve(shell.folder, textOf(args, 'config') ?? 'tranship.yaml')
    if (existsSync(file)) throw invalid(`${file} is there already: nothing was written.`)
    writeFileSync(file, starter, { flag: 'wx' })
    printResult(shell, { file }, () => `${file} is written: fill in your addresses, then "tranship address check photos".`)
    return 0
  },
}

export const starter = `# Data addresses of tranship, by name: 3-63 letters, digits, "-" or "_".
# Secrets do not belong in here: \${NAME} anywhere in a value stands for the environment variable NAME of the worker.
# The file is read again whenever it changes. A prefix must end with "/" and may not begin with one.
addresses:
  # Amazon S3, or anything S3-compatible through its endpoint
  photos:
    vendor: s3
    # preset: minio                     # what an S3-compatible store is: minio, r2, b2, wasabi, ceph, obs or tos
    # endpoint: http://127.0.0.1:9000   # leave it out for Amazon S3
    region: us-east-1
    bucket: photos
    # prefix: 2024/                     # only keys below this
    accessKeyId: \${PHOTOS_KEY}          # leave both out to use the AWS credential chain
    secretAccessKey: \${PHOTOS_SECRET}
    # sessionToken: \${PHOTOS_TOKEN}
    # pathStyle: true                   # endpoint/bucket/key instead of bucket.endpoint/key

  # Alibaba Cloud OSS
  archive:
    vendor: oss
    endpoint: https://oss-cn-hangzhou.aliyuncs.com
    region: cn-hangzhou
    bucket: archive
    accessKeyId: \${OSS_KEY}
    accessKeySecret: \${OSS_SECRET}
    # securityToken: \${OSS_TOKEN}
    # cname: true                       # the endpoint is a domain of your own

  # Google Cloud Storage
  lake:
    vendor: gcs
    bucket: lake
    keyFile: keys/lake.json             # leave it out to use application default credentials
    # endpoint: https://storage-private.p.googleapis.com   # a private endpoint; an emulator's http:// is sent no token

  # Azure Blob Storage
  backup:
    vendor: azblob
    account: mybackup
    accountKey: \${AZURE_KEY}
    # sasToken: \${AZURE_SAS}            # instead of accountKey
    # connectionString: \${AZURE_CONNECTION}  # instead of account and accountKey
    # endpoint: https://mybackup.blob.core.chinacloudapi.cn  # leave it out for the global cloud
    container: backup

  # Tencent Cloud COS
  pictures:
    vendor: cos
    region: ap-guangzhou
    bucket: pictures-1250000000         # <name>-<APPID>
    secretId: \${COS_ID}
    secretKey: \${COS_KEY}
    # sessionToken: \${COS_TOKEN}        # of temporary keys
    # endpoint: https://cos.example.com # a private one

  # Qiniu KODO
  clips:
    vendor: kodo
    endpoint: https://s3.cn-east-1.qiniucs.com # or the bucket's download domain, which can only be read
    # region: cn-east-1                 # of a private S3 endpoint
    # listEndpoint: https://rsf-z1.qiniuapi.com # with a download domain: where the bucket is listed
    bucket: clips
    accessKey: \${KODO_KEY}
    secretKey: \${KODO_SECRET}

  # Baidu AI Cloud BOS
  snapshots:
    vendor: bos
    endpoint: http://bj.bcebos.com
    # region: bj                        # of a private endpoint
    bucket: snapshots
    accessKey: \${BOS_KEY}
    secretKey: \${BOS_SECRET}

  # Kingsoft Cloud KS3
  models:
    vendor: ks3
    endpoint: https://ks3-cn-beijing.ksyuncs.com
    # region: BEIJING                   # as signatures name it, where the endpoint does not say it
    bucket: models
    accessKey: \${KS3_KEY}
    secretKey: \${KS3_SECRET}

  # A NAS share (NFS, SMB) mounted on the workers, or any folder of theirs
  share:
    vendor: nas
    path: /mnt/share
    # mountPoint: nas-1.example.com     # the name of the share in reports
    # folder: projects/                 # a folder below the path

  # A folder of any SSH server, over SFTP
  server:
    vendor: sftp
    host: server.example.com
    # port: 2222                        # default: 22
    user: backup
    privateKeyFile: keys/server         # or a password
    # passphrase: \${SERVER_PASSPHRASE}
    # password: \${SERVER_PASSWORD}
    path: /srv/data
    # Leave hostKey out for a first "tranship address check": it says which key the server shows
    hostKey: SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

  # UPYUN USS
  mirror:
    vendor: uss
    domain: http://v0.api.upyun.com
    service: mirror
    # folder: 2024/                     # a folder of the service
    operator: \${UPYUN_OPERATOR}
    password: \${UPYUN_PASSWORD}
    # cdnDomain: https://mirror.example.com   # files are read from there

  # A list of HTTP and HTTPS URLs, source only: rows of URL, tab, file name, both URL-encoded
  pages:
    vendor: http
    list: urls.tsv                      # beside this file; or archive:lists/urls.tsv, an object of another address

  # Every address may also have: caFile, proxy (neither for sftp), maxRequestsPerSecond (none of them for nas)
`
