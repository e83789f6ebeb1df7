/**
 * Keeps one core busy, until the pipe to its owner closes. In short slices, so that it notices the end at once; plain
 * JavaScript, so that it starts with nothing to load.
 */
const SLICE_MS = 10

process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
process.stdin.resume()

function burn() {
  const until = performance.now() + SLICE_MS
  while (performance.now() < until);
  setImmediate(burn)
}

burn()
