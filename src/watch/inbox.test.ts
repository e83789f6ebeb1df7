import { expect, it } from 'vitest'
import { Inbox, type Work } from './inbox.ts'

const saved = (o: Partial<Work> & { readonly file?: string } = {}): Work => ({
  smokes: o.smokes ?? [],
  daemons: o.daemons ?? [],
  stack: o.stack ?? false,
  cause: { kind: 'change', files: [o.file ?? 'a.ts'] },
  ...(o.savedAt === undefined ? {} : { savedAt: o.savedAt }),
})
const forever = new AbortController().signal

it('hands out at once what has come, all of it together, and then waits', async () => {
  const heard: Work[] = []
  const inbox = new Inbox((work) => heard.push(work))
  inbox.add(saved({ smokes: ['one', 'two'], savedAt: 20, file: 'a.ts' }))
  inbox.add(saved({ smokes: ['two'], daemons: ['web'], stack: true, savedAt: 10, file: 'b.ts' }))
  expect(heard).toHaveLength(2)
  expect(await inbox.next(forever)).toEqual({
    smokes: ['one', 'two'],
    daemons: ['web'],
    stack: true,
    cause: { kind: 'change', files: ['a.ts', 'b.ts'] },
    savedAt: 10,
  })
  expect(inbox.isEmpty).toBe(true)
  const next = inbox.next(forever)
  inbox.add(saved({ smokes: ['three'] }))
  expect((await next)?.smokes).toEqual(['three'])
})

it('names a change before a key', async () => {
  const inbox = new Inbox(() => undefined)
  inbox.add({ ...saved({ smokes: ['one'] }), cause: { kind: 'all' } })
  inbox.add(saved({ smokes: ['two'] }))
  expect((await inbox.next(forever))?.cause.kind).toBe('change')
  inbox.add(saved({ smokes: ['two'] }))
  inbox.add({ ...saved({ smokes: ['one'] }), cause: { kind: 'all' } })
  expect((await inbox.next(forever))?.cause.kind).toBe('change')
})

it('puts back what was overtaken under the name of what overtook it', async () => {
  const inbox = new Inbox(() => undefined)
  inbox.add(saved({ smokes: ['one'], file: 'new.ts', savedAt: 30 }))
  inbox.putBack(saved({ smokes: ['two'], file: 'old.ts', savedAt: 10 }))
  const work = await inbox.next(forever)
  expect(work?.smokes).toEqual(['one', 'two'])
  expect(work?.cause).toEqual({ kind: 'change', files: ['new.ts'] })
  expect(work?.savedAt).toBe(10)
})

it('ends its waiting when the signal fires', async () => {
  const stop = new AbortController()
  const inbox = new Inbox(() => undefined)
  const next = inbox.next(stop.signal)
  stop.abort()
  expect(await next).toBe(undefined)
  inbox.add(saved())
  expect(await inbox.next(stop.signal)).toBe(undefined)
})
