/** For tests: a chat endpoint that answers as the model is named: well, badly, or never; and a whole review at it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ReviewConfig } from './config.ts'
import { type ReviewOptions, runReview } from './run.ts'
import type { ReviewReport } from './types.ts'

export interface Question {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly max_tokens?: number
  readonly temperature?: number
}

export type Reply = (question: Question, response: ServerResponse, request: IncomingMessage) => void

export const say =
  (content: string, more: object = {}): Reply =>
  (_question, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ content, input_tokens: 120, output_tokens: 30, finish_reason: 'stop', ...more }))

export const refuse =
  (status: number, error: unknown): Reply =>
  (_question, response) =>
    void response.writeHead(status).end(JSON.stringify({ error }))

export async function startEndpoint(replies: Readonly<Record<string, Reply>>) {
  const questions: Question[] = []
  const server = createServer(async (request, response) => {
    const question = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as Question
    questions.push(question)
    replies[question.model.replace('hub/', '')]?.(question, response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the endpoint listens nowhere')
  return { url: `http://127.0.0.1:${address.port}/v1/chat`, questions }
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'review-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

export const DIFF = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,2 +1,3 @@
 one
+two
 three
`

/** Each reviewer is named after its model; what stands after the dash is its lineage. */
export function configOf(...names: readonly string[]): ReviewConfig {
  return {
    reviewers: names.map((name) => ({
      name,
      lineage: name.split('-')[1] ?? name,
      model: `hub/${name}`,
      timeoutMs: 20_000,
    })),
    components: { prefixes: new Map(), depth: 1 },
    generated: [],
  }
}

export async function run(
  replies: Readonly<Record<string, Reply>>,
  o: Partial<ReviewOptions> & { diff?: string } = {},
) {
  const { url, questions } = await startEndpoint(replies)
  const output = makeFolder()
  const done = await runReview({
    input: { kind: 'diff', file: 'x.diff', bytes: Buffer.from(o.diff ?? DIFF, 'latin1') },
    label: 'x',
    config: configOf(...Object.keys(replies)),
    endpoint: { url },
    output,
    env: {},
    signal: new AbortController().signal,
    ...o,
  })
  const folder = join(output, readdirSync(output)[0] ?? '')
  return { done, questions, folder, read: (file: string) => readFileSync(join(folder, file), 'utf8') }
}

export const reportOf = ({ done }: Awaited<ReturnType<typeof run>>): ReviewReport => {
  if (!done.ok) throw new Error(done.error.message)
  return done.value
}
