import { expect, it } from 'vitest'
import { readReply, readRequest } from './protocol.ts'

it.each([
  { id: 1, op: 'status' },
  { id: 2, op: 'restart', daemon: 'web' },
  { id: 3, op: 'follow', daemon: 'web', lines: 10 },
  { id: 4, op: 'control', verb: 'restart', daemon: 'web', signal: 'SIGKILL' },
])('is a request: %j', (message) => expect(readRequest(message)).toEqual(message))

it.each([
  null,
  'status',
  [],
  { op: 'status' },
  { id: '1', op: 'status' },
  { id: 1, op: 'reboot' },
  { id: 1, op: 'restart' },
  { id: 1, op: 'restart', daemon: 7 },
  { id: 1, op: 'follow', daemon: 'web' },
  { id: 1, op: 'control', verb: 'kill', daemon: 'web' },
  { id: 1, op: 'control', verb: 'stop', daemon: 'web', signal: '9' },
])('is no request: %j', (message) => expect(readRequest(message)).toBeUndefined())

it.each([
  { id: 1, value: null },
  { id: 1, part: {} },
  { id: 1, error: { message: 'no' } },
])('is a reply: %j', (message) => expect(readReply(message)).toEqual(message))

it.each([null, { value: 1 }, { id: 1 }, { id: 1, error: 'no' }, { id: 1, error: {} }])(
  'is no reply: %j',
  (message) => expect(readReply(message)).toBeUndefined(),
)
