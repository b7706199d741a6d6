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

  # A NAS share (NFS, SMB) mounted on the workers, or any folder of theirs
  share:
    vendor: nas
    path: /mnt/share
    # mountPoint: nas-1.example.com     # the name of the share in reports
    # folder: projects/                 # a folder below the path

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

  # Every address may also have: caFile, proxy, maxRequestsPerSecond (not nas)
`
