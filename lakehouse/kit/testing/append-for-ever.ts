/** For tests: appends numbered entries to the file named by the argument, and prints each number once it is synced. */
import { openJsonl } from '../jsonl.ts'

const log = await openJsonl(process.argv[2] ?? '')
for (let n = 0; ; n += 1) {
  await log.append({ n, text: 'x'.repeat(n % 300) })
  process.stdout.write(`${n}\n`)
}
