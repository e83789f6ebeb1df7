/** The embedded provider. It is no language model: it finds and repeats what the messages hold, always the same. */
import { notFound } from '../kit/errors.ts'
import { findJsonObjects } from './json-objects.ts'
import type { Message, Provider } from './provider.ts'
import { scoreTexts, splitSentences } from './sentences.ts'
import { countTokens, truncateTokens } from './tokens.ts'

const MAX_SENTENCES = 3
export const NOTHING_FOUND = 'The messages hold nothing that is related to the question.'

/** The question is the last user message (without one, the last message); the rest is what may answer it. */
function splitConversation(messages: readonly Message[]): { question: string; rest: readonly Message[] } {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user')
  const at = lastUser < 0 ? messages.length - 1 : lastUser
  return { question: messages[at]?.content ?? '', rest: messages.toSpliced(at, 1) }
}

/** Up to three sentences most related to the question, in the order in which they stand in the messages. */
function extract(messages: readonly Message[]): string {
  const { question, rest } = splitConversation(messages)
  const sentences = [...new Set(rest.flatMap(({ content }) => splitSentences(content)))]
  const scores = scoreTexts(question, sentences)
  const best = [...sentences.keys()]
    .filter((n) => (scores[n] ?? 0) > 0)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    .slice(0, MAX_SENTENCES)
    .sort((a, b) => a - b)
  return best.length === 0 ? NOTHING_FOUND : best.map((n) => sentences[n]).join(' ')
}

/** The JSON object most related to the question, equal ones by their place, first first; `{}` without any. */
function pickJson(messages: readonly Message[]): string {
  const { question, rest } = splitConversation(messages)
  const objects = [...rest.map(({ content }) => content), question].flatMap((text) => findJsonObjects(text))
  const scores = scoreTexts(question, objects)
  const best = scores.reduce((leader, score, n) => (score > (scores[leader] ?? 0) ? n : leader), 0)
  return objects[best] ?? '{}'
}

const MODELS: Readonly<Record<string, (messages: readonly Message[]) => string>> = {
  extract,
  json: pickJson,
  echo: (messages) => splitConversation(messages).question,
}
const LOCAL_MODELS = Object.keys(MODELS)

export function createLocalProvider(): Provider {
  return {
    async complete({ model, messages, maxTokens }) {
      const answer = Object.hasOwn(MODELS, model) ? MODELS[model] : undefined
      if (answer === undefined) {
        throw notFound(`the local provider has no model "${model}"; it has ${LOCAL_MODELS.join(', ')}`, {
          code: 'unknown_model',
          details: { model, known: LOCAL_MODELS },
        })
      }
      const whole = answer(messages)
      const content = maxTokens === undefined ? whole : truncateTokens(whole, maxTokens)
      return {
        content,
        inputTokens: messages.reduce((sum, message) => sum + countTokens(message.content), 0),
        outputTokens: countTokens(content),
        finishReason: content === whole ? 'stop' : 'length',
      }
    },
  }
}
