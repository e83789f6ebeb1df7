/** For tests: a MinIO of one's own, where the binary is to be had. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { retry } from '../../kit/retry.ts'
import { makeTemporaryFolder } from '../../kit/testing/daemon-process.ts'

export interface MinioServer extends AsyncDisposable {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Missing or not executable: either way it cannot be run.
    return false
  }
}

/** Not always there, and not needed: see the fallback. */
const GO = 'go'

function goPath(): string {
  try {
    return execFileSync(GO, ['env', 'GOPATH'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    // No `go` on PATH: what `go env GOPATH` says by default.
    return join(homedir(), 'go')
  }
}

/** The binary on PATH or where `go install` puts it. */
export function findMinio(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(goPath(), 'bin')]
  return folders.map((folder) => join(folder, 'minio')).find(isExecutable)
}

/** `port`: MinIO cannot choose one itself. `data`: a folder of the caller's; without it the data goes away with the server. */
export async function startMinio(binary: string, port: number, data?: string): Promise<MinioServer> {
  const folder = await makeTemporaryFolder()
  const endpoint = `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'lakehouse', secretAccessKey: 'lakehouse-secret' }
  const child = spawn(binary, ['server', data ?? folder.path, '--address', `127.0.0.1:${port}`], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder.path,
      MINIO_ROOT_USER: credentials.accessKeyId,
      MINIO_ROOT_PASSWORD: credentials.secretAccessKey,
      MINIO_BROWSER: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
  }
  const gone = new AbortController()
  const closed = once(child, 'close').finally(() => gone.abort(new Error(`minio ended: ${output}`)))
  const health = async () => {
    const { ok, status } = await fetch(`${endpoint}/minio/health/live`)
    if (!ok) throw new Error(`not live: ${status}`)
  }
  await retry(health, { signal: gone.signal, isTemporary: () => true, maxMs: 50 })
  return {
    endpoint,
    ...credentials,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await closed
      await folder[Symbol.asyncDispose]()
    },
  }
}
