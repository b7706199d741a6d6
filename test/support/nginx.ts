/** A real web server over a folder of its own: ranges, ETags and conditions as the world has them. */
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { awaitUntil } from './await-until.ts'
import { end, freePort, hasEnded, start, temporaryFolder } from './processes.ts'

export interface Nginx {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** What it serves. */
  readonly folder: string
  stop(): Promise<void>
}

export async function startNginx(): Promise<Nginx> {
  const program = findNginx()
  const base = temporaryFolder('nginx')
  const folder = join(base, 'www')
  mkdirSync(folder)
  const port = await freePort('127.0.0.1')
  const config = join(base, 'nginx.conf')
  writeFileSync(config, configOf(base, folder, port))
  const child = start(program, ['-c', config, '-e', join(base, 'error.log')], { output: process.env['SHOW_SERVERS'] ? 'inherit' : 'ignore' })
  const origin = `http://127.0.0.1:${port}`
  await awaitUntil(async () => hasEnded(child) || (await fetch(origin)).status > 0, { what: 'nginx answers' })
  if (hasEnded(child)) throw new Error(`nginx ended at once (${child.exitCode}); SHOW_SERVERS=1 shows why`)
  return { origin, folder, stop: () => end(child) }
}

function findNginx(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  const found = folders.map((folder) => join(folder, 'nginx')).find(isExecutable)
  if (found === undefined) throw new Error('These tests need nginx: "apt-get install nginx-light" brings it.')
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const configOf = (base: string, folder: string, port: number): string => `
daemon off;
pid ${base}/nginx.pid;
${process.getuid?.() === 0 ? `user ${userInfo().username};` : ''}
events {}
http {
  access_log off;
  default_type application/octet-stream;
  types { text/plain txt; text/html html; }
  client_body_temp_path ${base}/body;
  proxy_temp_path ${base}/proxy;
  fastcgi_temp_path ${base}/fastcgi;
  uwsgi_temp_path ${base}/uwsgi;
  scgi_temp_path ${base}/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${folder};
    location /gzip/ { add_header Content-Encoding gzip; }
    location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
  }
}
`
