/** The replay job: one task through retrieval, models and validation, and a log line that holds all of it. */
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { runJob, UsageError } from '../kit/command-line.ts'
import { loadConfig, serviceUrl } from '../kit/config.ts'
import { createUpstream } from '../kit/upstream.ts'
import { configSchema, readReplayFlags, USAGE } from './config.ts'
import { runTask } from './run.ts'
import { appendRuns } from './run-log.ts'
import { readTask } from './task.ts'

const service = 'replay'

await runJob(service, USAGE, async () => {
  const flags = readReplayFlags(process.argv.slice(2))
  const task = await readTask(flags.task)
  if (flags.retrieval && task.corpora.length === 0) {
    throw new UsageError(`--task ${flags.task}: corpora: names none; add some, or pass --no-retrieval`)
  }
  const config = loadConfig(service, configSchema)
  const models = flags.models ?? task.models ?? config.own.models
  if (models === undefined)
    throw new UsageError('no models: name them with --models, in the task or in [replay]')
  const upstream = (name: string) =>
    createUpstream({
      name,
      baseUrl: serviceUrl(config, service, name),
      timeoutMs: config.own.timeout,
      ...config.auth,
    })
  const upstreams = {
    matrixd: flags.retrieval ? upstream('matrixd') : undefined,
    chatd: upstream('chatd'),
    validatord: upstream('validatord'),
  }
  const log = resolve(flags.log)
  // Before anything is asked: a run that cannot be recorded must not happen.
  const torn = await appendRuns(log)
  if (torn !== undefined) {
    process.stderr.write(`${service}: ${log}: the last line was torn and is set aside as ${torn.file}\n`)
  }
  const run_id = randomUUID()
  const at = new Date().toISOString()
  const started = performance.now()
  const run = await runTask(task, models, upstreams, run_id)
  const record = { run_id, at, ms: Math.round(performance.now() - started), task, models, ...run }
  await appendRuns(log, record)
  process.stdout.write(
    `${JSON.stringify({ run_id, task: task.id, attempts: run.attempts.length, ...run.final, log })}\n`,
  )
  if (run.final.error !== undefined)
    process.stderr.write(`${service}: ${String(run.final.error['message'])}\n`)
  return run.final.status === 'valid' ? 0 : 1
})
