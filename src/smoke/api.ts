/** What `import … from 'smokechain'` gives: everything a smoke's author needs, and nothing of the runner. */
export type {
  Answer,
  Body,
  BytesDigest,
  Context,
  DaemonHandle,
  Expectation,
  RequestOptions,
  SqlAnswer,
  SqlExpectation,
  StackHandle,
  StepOptions,
  Tools,
} from './context.ts'
export { type SmokeDefinition, type SmokeOptions, smoke } from './define.ts'
export { match } from './expect/match.ts'
export type { Matcher } from './expect/matcher.ts'
export type { JsonObject, Received } from './expect/received.ts'
export { skip } from './skip.ts'
export type { DaemonDescription } from './types.ts'
export { unique } from './unique.ts'
