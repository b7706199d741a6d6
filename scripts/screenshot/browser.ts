/** A headless Chromium and one page of it, over the DevTools protocol. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--remote-debugging-port=0', '--window-size=1440,1000',
]

export interface Page {
  /** Waits until the expression is true in the page. */
  until(expression: string): Promise<void>
  evaluate(expression: string): Promise<unknown>
  photograph(): Promise<Buffer>
  close(): Promise<void>
}

export async function openPage(url: string): Promise<Page> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
  const browser = spawn(process.env['CHROMIUM'] ?? 'chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], { stdio: 'ignore' })
  browser.once('error', () => {
    throw new Error('Chromium is missing: install the package chromium, or name the program in CHROMIUM.')
  })
  const send = await connect(await pageSocket(profile))
  await send('Emulation.setDeviceMetricsOverride', { width: 1_440, height: 1_000, deviceScaleFactor: 1, mobile: false })
  await send('Page.navigate', { url })
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = (await send('Runtime.evaluate', { expression, returnByValue: true })) as { result: { value?: unknown } }
    return result.value
  }
  return {
    evaluate,
    async until(expression) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(200)) if (await evaluate(expression)) return
      throw new Error(`not within a minute: ${expression}`)
    },
    async photograph() {
      const { data } = (await send('Page.captureScreenshot', { format: 'png' })) as { data: string }
      return Buffer.from(data, 'base64')
    },
    async close() {
      browser.kill()
      await once(browser, 'exit')
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function pageSocket(profile: string): Promise<string> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(100)) {
    const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '')).split('\n')
    if (!port) continue
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { type: string; webSocketDebuggerUrl: string }[]
    const page = targets.find(({ type }) => type === 'page')
    if (page) return page.webSocketDebuggerUrl
  }
  throw new Error('Chromium did not open its port within half a minute.')
}

type Send = (method: string, params?: object) => Promise<unknown>

async function connect(url: string): Promise<Send> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result: unknown }
    if (id !== undefined) waiting.get(id)?.(result)
  })
  let last = 0
  return (method, params = {}) =>
    new Promise((resolve) => {
      const id = ++last
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ id, method, params }))
    })
}
