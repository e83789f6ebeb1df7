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
    const task = join(folder, 'task.json')
    const log = join(folder, 'runs.jsonl')
    // A job runs in the environment of the daemons that it talks to.
    const { env } = stack.describe('chatd')
    const replay = async (...args: string[]) => {
      const job = await runJob(MAIN, ['--task', task, '--log', log, ...args], {
        root,
        signal,
        env,
      })
      return { ...job, answer: job.stdout.trim() === '' ? undefined : JSON.parse(job.stdout) }
    }
    const readLog = async () => {
      const text = await readFile(log, 'utf8')
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    }

    await step('the corpus is filled', async () => {
      const texts = PASSAGES.map((passage) => passage.text)
      const embedded = await embedd.post('/v1/embed', { texts }, { status: 200, json: { dimension: 384 } })
      const { vectors } = JSON.parse(embedded.text)
      await vectord.post('/v1/indexes', { name, dimension: 384, metric: 'cosine' }, { status: 201 })
      const items = PASSAGES.map(({ id, text }, i) => ({ id, vector: vectors[i], metadata: { text } }))
      await vectord.post(`/v1/indexes/${name}/items`, { items }, { status: 200, json: { inserted: 2 } })
    })
    await mkdir(folder, { recursive: true })
    await writeFile(
      task,
      JSON.stringify({
        id: name,
        kind: 'fill',
        question: QUESTION,
        corpora: [name],
        k: 1,
        context: { location: 'Toledo' },
        models: ['local/echo', 'local/json'],
      }),
    )

    await step(
      'the first model answers with no artifact, so the next is asked, and its answer is valid',
      async () => {
        const { exitCode, answer } = await replay()
        expect('the exit code', exitCode, 0)
        expect('the answer', answer, {
          task: name,
          status: 'valid',
          model: 'local/json',
          attempts: 2,
          artifact: match.exactly(ANSWER),
        })
      },
    )
    await step(
      'the log holds the whole run: what was retrieved, asked, answered and found wrong',
      async () => {
        expect('the log', await readLog(), [
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
      const [run] = await readLog()
      const prompt: string = JSON.stringify(run.prompt)
      expect('the passage in the prompt', prompt.includes(`${name}/fill`), true)
      expect('the other passage in the prompt', prompt.includes('kitchen'), false)
      expect('the question in the prompt', prompt.includes(QUESTION), true)
    })

    await step('without retrieval the prompt lacks the passage, and no model has the answer', async () => {
      const { exitCode, answer } = await replay('--no-retrieval')
      expect('the exit code', exitCode, 1)
      expect('the answer', answer, { status: 'exhausted', attempts: 2 })
      const runs = await readLog()
      expect('the second run', runs[1], {
        retrieval: { enabled: false },
        attempts: [{ status: 'invalid' }, { status: 'invalid' }],
        final: { status: 'exhausted' },
      })
      expect('the passage in its prompt', JSON.stringify(runs[1].prompt).includes(`${name}/fill`), false)
    })
    await step('a first model that is right ends the run at once', async () => {
      const { exitCode, answer } = await replay('--models', 'local/json,local/echo')
      expect('the exit code', exitCode, 0)
      expect('the answer', answer, { status: 'valid', model: 'local/json', attempts: 1 })
    })
    await step(
      'an answer that breaks the context is invalid: the place has to be the one that was ordered',
      async () => {
        const { context: _, ...rest } = JSON.parse(await readFile(task, 'utf8'))
        await writeFile(task, JSON.stringify({ ...rest, context: { location: 'Akron' } }))
        const { exitCode } = await replay()
        expect('the exit code', exitCode, 1)
        expect('the fault', (await readLog()).at(-1).attempts[1], {
          status: 'invalid',
          verdict: { fault: { Kind: 'consistency', Field: 'location' } },
        })
      },
    )
    await step('a task that names no corpus is a usage error, and nothing is logged', async () => {
      const before = await readLog()
      await writeFile(
        task,
        JSON.stringify({ id: name, kind: 'fill', question: QUESTION, models: ['local/json'] }),
      )
      const { exitCode, stderr } = await replay()
      expect('the exit code', exitCode, 2)
      expect('what it says', stderr, match.string(/corpora/))
      expect('the runs in the log', await readLog(), match.length(before.length))
    })
  },
})
