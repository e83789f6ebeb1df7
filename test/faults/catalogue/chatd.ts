import { alters, answers, gone, mangles, to, turns } from '../change.ts'
import { faultsOf } from '../fault.ts'

const CHAT = 'POST /v1/chat'

export const chatd = faultsOf('chatd', {
  'counts-nothing': {
    daemon: 'chatd',
    what: 'counts no tokens',
    breaks: [alters(CHAT, 'input_tokens', to(0))],
  },
  'counts-its-own': {
    daemon: 'chatd',
    what: 'gives counts of its own for those of the provider',
    breaks: [alters(CHAT, 'output_tokens', to(1))],
  },
  'ignores-max-tokens': {
    daemon: 'chatd',
    what: 'ignores max_tokens',
    breaks: [mangles(CHAT, 'max_tokens', gone)],
  },
  'any-provider': {
    daemon: 'chatd',
    what: 'sends a model of an unknown provider to the first it knows',
    breaks: [mangles(CHAT, 'model', (model) => (String(model).startsWith('nobody/') ? 'local/echo' : model))],
  },
  'answers-for-the-silent': {
    daemon: 'chatd',
    what: 'gives an empty answer for a provider that has failed',
    breaks: [turns(CHAT, 502, 200, { content: '', provider: 'work' })],
  },
  'blames-itself': {
    daemon: 'chatd',
    what: 'answers 500 when a provider fails',
    breaks: [turns(CHAT, 502, 500)],
  },
  'unnamed-upstream': {
    daemon: 'chatd',
    what: 'does not say which provider has failed',
    breaks: [alters(CHAT, 'error.upstream', gone)],
  },
  'shows-the-key': {
    daemon: 'chatd',
    what: 'shows the key of a provider in an error',
    breaks: [alters(CHAT, 'error.message', () => `refused: ${process.env['SMOKE_CHAT_KEY'] ?? ''}`)],
  },
  'late-is-gone': {
    daemon: 'chatd',
    what: 'takes a time-out for an unreachable provider',
    breaks: [turns(CHAT, 504, 502)],
  },
  'takes-unknown-fields': {
    daemon: 'chatd',
    what: 'takes a misspelt field for none',
    breaks: [mangles(CHAT, 'max_token', gone)],
  },
  'makes-things-up': {
    daemon: 'chatd',
    what: 'answers with something that it was not given',
    breaks: [
      {
        ...answers(CHAT, 200, { content: 'The tick is an hour.', provider: 'local', model: 'local/extract' }),
        when: (request) => request.body.includes('local/extract'),
      },
    ],
  },
})
