import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { match, smoke } from 'smokechain'
import { runJob } from './support/job.ts'

const MAIN = 'lakehouse/replay/main.ts'
const QUESTION = 'Who fills the order for two welders in Toledo on the night shift?'
/** What the corpus holds: the artifact that answers, and one that does not. */
const ANSWER = {
  role: 'welder',
  location: 'Toledo',
  count: 2,
  candidates: [
    { id: 'w1', name: 'Ada' },
    { id: 'w2', name: 'Grace' },
  ],
}
const PASSAGES = [
  {
    id: 'fill',
    text: `The order for two welders in Toledo on the night shift was filled: ${JSON.stringify(ANSWER)}`,
  },
  { id: 'other', text: 'The kitchen in Akron opens at six.' },
]

export default smoke({
  title: 'a replay retrieves, asks, checks, escalates while the answer is invalid, and logs every attempt',
  why: 'a replay that hides its failed attempts, or answers without its context, measures nothing',
  needs: ['matrixd', 'chatd', 'validatord', 'embedd', 'vectord'],
  claims: ['replay-escalates'],
  budget: '30s',
  async run({ embedd, vectord, step, expect, stack, unique, root, dataDir, signal }) {
    const name = unique('replay')
    const folder = join(dataDir, name)
    // A job runs in the environment of the daemons that it talks to.
    const { env } = stack.describe('chatd')
    const TASK = {
      id: name,
      kind: 'fill',
      question: QUESTION,
      corpora: [name],
      k: 1,
      context: { location: 'Toledo' },
      models: ['local/echo', 'local/json'],
    }
    /** Replays a task, into a log of its own unless it shares one. */
    const replay = async (run: string, task: object, ...args: string[]) => {
      const file = join(folder, `${run}.json`)
      const log = join(folder, `${run}.jsonl`)
      await writeFile(file, JSON.stringify(task))
      const job = await runJob(MAIN, ['--task', file, '--log', log, ...args], { root, signal, env })
      return { ...job, log, answer: job.stdout.trim() === '' ? undefined : JSON.parse(job.stdout) }
    }
    const readLog = async (log: string) =>
      (await readFile(log, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))

    await step('the corpus is filled', async () => {
      const texts = PASSAGES.map((passage) => passage.text)
      const embedded = await embedd.post('/v1/embed', { texts }, { status: 200, json: { dimension: 384 } })
      const { vectors } = JSON.parse(embedded.text)
      await vectord.post('/v1/indexes', { name, dimension: 384, metric: 'cosine' }, { status: 201 })
      const items = PASSAGES.map(({ id, text }, i) => ({ id, vector: vectors[i], metadata: { text } }))
      await vectord.post(`/v1/indexes/${name}/items`, { items }, { status: 200, json: { inserted: 2 } })
    })
    await mkdir(folder, { recursive: true })
    const first = await step(
      'the first model answers with no artifact, so the next is asked, and its answer is valid',
      async () => {
        const run = await replay('escalated', TASK)
        expect('the exit code', run.exitCode, 0)
        expect('the answer', run.answer, {
          task: name,
          status: 'valid',
          model: 'local/json',
          attempts: 2,
          artifact: match.exactly(ANSWER),
        })
        return run
      },
    )
    await step(
      'the log holds the whole run: what was retrieved, asked, answered and found wrong',
      async () => {
        expect('the log', await readLog(first.log), [
          {
            task: { id: name },
            models: ['local/echo', 'local/json'],
            retrieval: {
              enabled: true,
              results: [{ corpus: name, id: 'fill', provenance: { corpus: name, id: 'fill', rank: 1 } }],
            },
            attempts: [
              {
                model: 'local/echo',
                status: 'invalid',
                answer: { content: match.string(), provider: 'local' },
                verdict: { valid: false, fault: { Kind: 'schema' } },
              },
              { model: 'local/json', status: 'valid', verdict: { valid: true } },
            ],
            final: { status: 'valid', model: 'local/json' },
          },
        ])
      },
    )
    await step('the retrieved passage stands in the prompt, the unrelated one does not', async () => {
      const [run] = await readLog(first.log)
      const prompt: string = JSON.stringify(run.prompt)
      expect('the passage in the prompt', prompt.includes(`${name}/fill`), true)
      expect('the other passage in the prompt', prompt.includes('kitchen'), false)
      expect('the question in the prompt', prompt.includes(QUESTION), true)
    })

    // Side by side: each has its own task and log.
    await Promise.all([
      step('without retrieval the prompt lacks the passage, and no model has the answer', async () => {
        const { exitCode, answer, log } = await replay('baseline', TASK, '--no-retrieval')
        expect('the exit code', exitCode, 1)
        expect('the answer', answer, { status: 'exhausted', attempts: 2 })
        const runs = await readLog(log)
        expect('the log', runs, [
          {
            retrieval: { enabled: false },
            attempts: [{ status: 'invalid' }, { status: 'invalid' }],
            final: { status: 'exhausted' },
          },
        ])
        expect('the passage in its prompt', JSON.stringify(runs[0].prompt).includes(`${name}/fill`), false)
      }),
      step('a first model that is right ends the run at once', async () => {
        const { exitCode, answer } = await replay('direct', TASK, '--models', 'local/json,local/echo')
        expect('the exit code', exitCode, 0)
        expect('the answer', answer, { status: 'valid', model: 'local/json', attempts: 1 })
      }),
      step(
        'an answer that breaks the context is invalid: the place has to be the one that was ordered',
        async () => {
          const { exitCode, log } = await replay('elsewhere', { ...TASK, context: { location: 'Akron' } })
          expect('the exit code', exitCode, 1)
          expect('the log', await readLog(log), [
            {
              attempts: [
                { status: 'invalid' },
                { status: 'invalid', verdict: { fault: { Kind: 'consistency', Field: 'location' } } },
              ],
            },
          ])
        },
      ),
      step('a task that names no corpus is a usage error, and nothing is logged', async () => {
        const { exitCode, stderr, log } = await replay('nowhere', { ...TASK, corpora: [] })
        expect('the exit code', exitCode, 2)
        expect('what it says', stderr, match.string(/corpora/))
        expect('whether there is a log', existsSync(log), false)
      }),
      step('a second run is added to the same log, and the first stays', async () => {
        const { log } = await replay('escalated', TASK)
        expect('the log', await readLog(log), [{ task: { id: name } }, { task: { id: name } }])
      }),
    ])
  },
})
