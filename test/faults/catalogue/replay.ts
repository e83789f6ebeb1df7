import { alters, answers, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

export const replay = faultsOf('replay', {
  'passes-everything': {
    daemon: 'validatord',
    what: 'passes every answer, so that nothing is escalated',
    breaks: [turns('POST /v1/validate', 422, 200, { valid: true, warnings: [] })],
  },
  'retrieves-nothing': {
    daemon: 'matrixd',
    what: 'retrieves nothing',
    breaks: [alters('POST /v1/matrix/search', 'results', to([]))],
  },
  'retrieves-the-other': {
    daemon: 'matrixd',
    what: 'retrieves a passage that has nothing to do with the question',
    breaks: [
      alters('POST /v1/matrix/search', 'results.*.metadata.text', to('The kitchen in Akron opens at six.')),
    ],
  },
  'first-model-only': {
    daemon: 'chatd',
    what: 'knows no second model',
    breaks: [
      {
        ...answers('POST /v1/chat', 404, { error: { code: 'unknown_model', message: 'unknown model' } }),
        when: (request) => request.body.includes('"local/json"'),
      },
    ],
  },
  'ignores-context': {
    daemon: 'validatord',
    what: 'checks an answer without its context',
    breaks: [
      {
        route: 'POST /v1/validate',
        send: (request) => {
          const { context: _, ...rest } = JSON.parse(request.body.toString())
          return { ...request, body: Buffer.from(JSON.stringify(rest)) }
        },
      },
    ],
  },
  'ignores-no-retrieval': {
    daemon: 'replay',
    what: 'retrieves in spite of --no-retrieval',
    job: { args: (args) => args.filter((arg) => arg !== '--no-retrieval') },
  },
  'logs-nothing': {
    daemon: 'replay',
    what: 'logs nothing',
    job: { args: (args) => args.map((arg, i) => (args[i - 1] === '--log' ? '/dev/null' : arg)) },
  },
  'hides-attempts': {
    daemon: 'replay',
    what: 'logs the last attempt only',
    job: {
      file: '--log',
      lines: (lines) =>
        lines.map((line) => {
          const run = JSON.parse(line)
          return JSON.stringify({ ...run, attempts: run.attempts.slice(-1) })
        }),
    },
  },
  'hides-the-prompt': {
    daemon: 'replay',
    what: 'logs a run without its prompt',
    job: {
      file: '--log',
      lines: (lines) => lines.map((line) => JSON.stringify({ ...JSON.parse(line), prompt: [] })),
    },
  },
  'content-with-failure': {
    daemon: 'replay',
    what: 'exits with 0 when no model had the answer',
    job: { exitCode: () => 0 },
  },
  'wrong-provenance': {
    daemon: 'matrixd',
    what: 'names another corpus than the one a passage is from',
    breaks: [alters('POST /v1/matrix/search', 'results.*.provenance.corpus', to('elsewhere'))],
  },
})
