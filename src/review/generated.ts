/**
 * Files that no person wrote: lock files by name, what is built by its suffix, and what reviewers.toml names. Their
 * hunks are not sent; the report names them.
 */

const LOCK_FILES = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'deno.lock',
  'Cargo.lock',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'Pipfile.lock',
  'composer.lock',
  'Gemfile.lock',
  'go.sum',
  'go.work.sum',
  'flake.lock',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Package.resolved',
])
const SUFFIXES = ['.min.js', '.min.css', '.js.map', '.css.map', '.pb.go', '_pb2.py', '.snap']

/** @param named paths, or folders with a `/` at their end, that reviewers.toml calls generated. */
export function isGenerated(path: string, named: readonly string[]): boolean {
  const base = path.slice(path.lastIndexOf('/') + 1)
  return (
    LOCK_FILES.has(base) ||
    SUFFIXES.some((suffix) => base.endsWith(suffix)) ||
    named.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one))
  )
}
