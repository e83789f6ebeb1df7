import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { match, smoke } from 'smokechain'
import { runJob } from './support/job.ts'

const MAIN = 'lakehouse/materializer/main.ts'

interface Evidence {
  readonly day: string
  readonly provenance: { readonly file: string; readonly line: number; readonly sha256: string }
  readonly record: { readonly id: string }
}

async function readEvidence(out: string): Promise<Evidence[]> {
  const names = (await readdir(out, { recursive: true })).filter((name) =>
    /^day=[^/]+\/.*\.jsonl$/.test(name),
  )
  const texts = await Promise.all(names.sort().map((name) => readFile(join(out, name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line): Evidence => JSON.parse(line)),
  )
}

export default smoke({
  title: 'raw events become evidence that names its source line, once, and every line is accounted for',
  why: 'evidence whose origin cannot be shown is a claim; a line that vanishes without a reason is worse',
  needs: ['observerd'],
  claims: ['accounted-lines'],
  budget: '30s',
  async run({ observerd, step, expect, stack, unique, root, dataDir, signal }) {
    const name = unique('materializer')
    const source = join(dataDir, name, 'raw')
    const out = join(dataDir, name, 'evidence')
    // A job runs in the environment of the daemons beside it.
    const { env } = stack.describe('observerd')
    const materialize = (...args: string[]) => runJob(MAIN, args, { root, signal, env })
    const run = async (counts: object) => {
      const job = await materialize('--source', source, '--out', out)
      expect('the exit code', job.exitCode, 0)
      expect('the receipt', JSON.parse(job.stdout), { job: 'materializer', ...counts })
      return JSON.parse(job.stdout)
    }
    const days = ['2026-01-01T10:00:00Z', '2026-01-01T23:30:00-02:00', '2026-01-02T12:00:00Z']

    const lines = await step('three events are recorded and exported as raw lines', async () => {
      const events = days.map((at, i) => ({
        id: `${name}-${i}`,
        kind: 'fill',
        source: name,
        at,
        payload: { i },
      }))
      await observerd.post('/v1/events', events, { status: 201, json: { stored: 3 } })
      const exported = await observerd.get(`/v1/events?source=${name}`, {
        status: 200,
        json: { events: match.length(3) },
      })
      const { events: stored }: { events: object[] } = JSON.parse(exported.text)
      return stored.map((event) => JSON.stringify(event))
    })
    await mkdir(join(source, 'later'), { recursive: true })
    await writeFile(
      join(source, 'events.jsonl'),
      `${lines[0]}\n\n{"broken":\n${lines[1]}\n{"id":"no time"}\n`,
    )
    await writeFile(
      join(source, 'later/events.jsonl'),
      `${lines[2]}\n${lines[0]}\n[1]\n{"at":"2026-02-30T00:00:00Z"}\n`,
    )
    await writeFile(join(source, 'notes.txt'), 'not a source')

    await Promise.all([
      step(
        'each line ends as written, duplicate, or skipped with its reason, and the sums agree',
        async () => {
          const receipt = await run({
            lines: 9,
            written: 3,
            duplicates: 1,
            skipped: 5,
            skipped_by_reason: { blank: 1, not_json: 1, no_time: 1, not_object: 1, bad_time: 1 },
            ignored_files: ['notes.txt'],
            skips: match.includes(
              { file: 'events.jsonl', line: 2, reason: 'blank' },
              { file: 'events.jsonl', line: 3, reason: 'not_json' },
              { file: 'later/events.jsonl', line: 3, reason: 'not_object' },
            ),
          })
          expect('lines accounted for', receipt.written + receipt.duplicates + receipt.skipped, receipt.lines)
          const files: { lines: number }[] = receipt.files
          expect(
            'lines of the files',
            files.reduce((sum, file) => sum + file.lines, 0),
            receipt.lines,
          )
        },
      ),
      step('a source that is not there is a usage error that names it', async () => {
        const job = await materialize('--source', join(source, 'nowhere'), '--out', `${out}-of-nothing`)
        expect('the exit code', job.exitCode, 2)
        expect('what it says', job.stderr, match.string(/nowhere/))
      }),
    ])
    await step('the evidence is partitioned by the day in UTC', async () => {
      const evidence = await readEvidence(out)
      expect('day by record', evidence.map(({ day, record }) => [record.id, day]).sort(), [
        [`${name}-0`, '2026-01-01'],
        [`${name}-1`, '2026-01-02'],
        [`${name}-2`, '2026-01-02'],
      ])
    })
    await step(
      'every record names the file, line and hash that it came from, and they are true',
      async () => {
        for (const { provenance, record } of await readEvidence(out)) {
          const text = await readFile(join(source, provenance.file), 'utf8')
          const line = text.split('\n')[provenance.line - 1] ?? ''
          expect(
            `the hash of ${record.id}`,
            provenance.sha256,
            createHash('sha256').update(line).digest('hex'),
          )
          expect(`the line of ${record.id}`, JSON.parse(line), { id: record.id })
        }
      },
    )
    await step('a second run adds nothing', async () => {
      await run({ lines: 9, written: 0, duplicates: 4, skipped: 5, partitions: [] })
      expect('the evidence', await readEvidence(out), match.length(3))
    })
    await step('a new line adds itself and nothing else', async () => {
      await writeFile(join(source, 'new.jsonl'), '{"id":"new","at":"2026-01-03T00:00:00Z"}\n')
      await run({ lines: 10, written: 1, duplicates: 4, skipped: 5 })
      expect('the evidence', await readEvidence(out), match.length(4))
    })
  },
})
