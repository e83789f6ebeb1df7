/** The materializer job: raw JSONL to evidence, and a receipt that accounts for every line. */
import { runJob } from '../kit/command-line.ts'
import { readOptions, USAGE } from './config.ts'
import { materialize } from './materialize.ts'

await runJob('materializer', USAGE, async () => {
  const receipt = await materialize(readOptions(process.argv.slice(2), process.env))
  process.stdout.write(`${JSON.stringify(receipt)}\n`)
  return 0
})
