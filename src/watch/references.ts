/** What a JavaScript or TypeScript file refers to, read from its syntax tree: nothing is run. */
import { parseSync, Visitor } from 'oxc-parser'

export interface References {
  /** Of `import`, `export … from`, `import()`, `require()`, `import.meta.resolve()`. Imports of types alone are none. */
  readonly modules: readonly string[]
  /** Of `new URL('…', import.meta.url)`: relative to the file. */
  readonly urls: readonly string[]
  /** String literals that look like the path of a file in a folder. */
  readonly paths: readonly string[]
}

/** A folder and a file with an ending; no scheme, no blank. */
const LOOKS_LIKE_PATH = /^(?!\/|[a-z]+:)[\w.@+-]+(?:\/[\w.@+-]+)+\.\w{1,5}$/

/** @returns undefined for a text that is no module: half-written, or in another language. */
export function findReferences(file: string, text: string): References | undefined {
  const parsed = parseSync(file, text)
  if (parsed.errors.length > 0) return undefined
  const modules = new Set<string>()
  const urls = new Set<string>()
  const paths = new Set<string>()
  const visitor = new Visitor({
    ImportDeclaration: ({ importKind, source }) => {
      if (importKind !== 'type') modules.add(source.value)
    },
    ExportNamedDeclaration: ({ exportKind, source }) => {
      if (exportKind !== 'type' && source) modules.add(source.value)
    },
    ExportAllDeclaration: ({ exportKind, source }) => {
      if (exportKind !== 'type') modules.add(source.value)
    },
    ImportExpression: ({ source }) => addText(modules, source),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (isRequire(callee) || isMetaMember(callee, 'resolve')) addText(modules, first)
    },
    NewExpression: ({ callee, arguments: [first, base] }) => {
      if (isNamed(callee, 'URL') && isMetaMember(base, 'url')) addText(urls, first)
    },
    Literal: ({ value }) => {
      if (typeof value === 'string' && LOOKS_LIKE_PATH.test(value)) paths.add(value)
    },
  })
  visitor.visit(parsed.program)
  return { modules: [...modules], urls: [...urls], paths: [...paths] }
}

interface SyntaxNode {
  readonly type: string
}

function addText(to: Set<string>, node: SyntaxNode | undefined): void {
  const value: unknown = node?.type === 'Literal' ? Reflect.get(node, 'value') : undefined
  if (typeof value === 'string') to.add(value)
}

const isNamed = (node: SyntaxNode, name: string): boolean =>
  node.type === 'Identifier' && Reflect.get(node, 'name') === name

/** `require(…)`, and `require.resolve(…)`. */
function isRequire(node: SyntaxNode): boolean {
  if (isNamed(node, 'require')) return true
  return node.type === 'MemberExpression' && isNamed(Reflect.get(node, 'object'), 'require')
}

/** `import.meta.<name>` */
function isMetaMember(node: SyntaxNode | undefined, name: string): boolean {
  if (node?.type !== 'MemberExpression') return false
  const object: SyntaxNode = Reflect.get(node, 'object')
  return object.type === 'MetaProperty' && isNamed(Reflect.get(node, 'property'), name)
}
