/** The verb `review`: what several reviewers say of a diff. */
import { type Command, InvalidArgumentError, Option } from 'commander'

/** @param finish takes the exit code. */
export function addReviewCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('review')
    .description(
      'have a diff, or a range of commits, reviewed by several reviewers, and tally what they find',
    )
    .argument('[diff]', 'a file that holds a diff, or - for standard input')
    .option(
      '--label <label>',
      'name of this review in file names (default, with --range: made from the range)',
    )
    .option('--range <A..B>', 'review what these commits change, split into bundles by component')
    .option('--reviewers <file>', 'who is asked, and where (default: reviewers.toml)')
    .option('--chat <url>', 'the chat endpoint (default: the one that the reviewers file names)')
    .option('--output <folder>', 'where reviews are kept', 'reports/review')
    .addOption(new Option('--allow-large', 'send a diff over 100 KB all the same').conflicts('range'))
    .option('--dry-run', 'show the bundles and what is left out; ask nobody, write nothing')
    .option('--parallel <n>', 'questions under way at a time', readParallel, 4)
    .option('--json', 'print tally.json, and nothing else, to standard output')
    .addHelpText(
      'after',
      `
Each answer is kept word for word in
<output>/<date>/verdicts/<label>_<reviewer>.md, the tally in
<output>/<date>/<label>/tally.json and tally.md. A diff over 60 KB is warned
about, one over 100 KB refused.

Examples:
  git diff main | smokechain review - --label cache   what is not committed
  smokechain review change.diff --label change
  smokechain review --range main..HEAD                a branch, in bundles
  smokechain review --range v1..v2 --json | jq .outcome
  smokechain review --range main..HEAD --dry-run      what would be sent

Exit codes: 0 done, nothing blocks; 1 a finding blocks, or a bundle got no
verdict from anybody; 2 usage, an invalid reviewers file, no chat endpoint, or a
diff that is too large; 3 the chat endpoint's stack is not up; 4 no reviewer
configured, or nothing to review; 70 fault of the tool; 130/143 interrupted.`,
    )
    .action(async (diff: string | undefined, options) => {
      const { review } = await import('./commands/review.ts')
      finish(await review(diff, options))
    })
}

function readParallel(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 99')
  return Number(text)
}
