// What the words of a shell command are: its programs, the paths of the project that it names, the variables that it reads.

/** Words of the shell that stand before a program. */
const BEFORE_PROGRAM = new Set(['while', 'until', 'if', 'then', 'else', 'elif', 'do', '!', '{', 'time', 'exec'])
const NO_PROGRAM = new Set(['for', 'case', 'select', 'function', 'done', 'fi', 'esac', '}'])
const ASSIGNMENT = /^[A-Za-z_]\w*=/

/** First words of the simple commands of a script, also of those in $( ); none that is only quoted. */
export function programsOf(text) {
  const programs = []
  simpleCommands(text, 0, programs)
  return programs
}

/** Reads up to an unquoted `)` or the end, and gives the place after it. */
function simpleCommands(text, from, programs) {
  let words = []
  let word = ''
  let at = from
  const endWord = () => {
    if (word !== '') words.push(word)
    word = ''
  }
  const endCommand = () => {
    endWord()
    const program = programOf(words)
    if (program !== undefined) programs.push(program)
    words = []
  }
  while (at < text.length) {
    const one = text[at]
    if (one === '\\') {
      if (text[at + 1] !== '\n') word += text.slice(at, at + 2)
      at += 2
    } else if (one === "'" || one === '"') {
      const end = one === "'" ? text.indexOf("'", at + 1) + 1 || text.length : afterQuoted(text, at, programs)
      word += text.slice(at, end)
      at = end
    } else if (text.startsWith('$(', at)) {
      word += '$()'
      at = simpleCommands(text, at + 2, programs)
    } else if (text.startsWith('${', at)) {
      const end = text.indexOf('}', at) + 1 || text.length
      word += text.slice(at, end)
      at = end
    } else if (one === '#' && word === '') {
      at = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
    } else if (one === '<' || one === '>') {
      const redirection = /^[<>]+&?-?/.exec(text.slice(at))?.[0] ?? one
      word += redirection
      at += redirection.length
    } else if (/[;|&\n()]/.test(one)) {
      endCommand()
      at++
      if (one === ')') return at
    } else {
      if (/\s/.test(one)) endWord()
      else word += one
      at++
    }
  }
  endCommand()
  return at
}

function afterQuoted(text, from, programs) {
  let at = from + 1
  while (at < text.length && text[at] !== '"') {
    if (text.startsWith('$(', at)) at = simpleCommands(text, at + 2, programs)
    else at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

function programOf(words) {
  const first = words.find((word) => !BEFORE_PROGRAM.has(word) && !ASSIGNMENT.test(word))
  return first === undefined || NO_PROGRAM.has(first) || /^\d*[<>$"]/.test(first) ? undefined : first
}

/** What looks like a path and names something else: an object of Kubernetes, a range of addresses, a branch of Git. */
const NO_PATHS = [
  /^(service|svc|deployment|statefulset|pod|job|rollout|secret)s?\/[\w-]+$/,
  /^\d+(\.\d+){3}\/\d+$/,
  /^origin\/[\w/-]+$/,
]
/** Options whose value is a name in a store or within a chart, however many slashes it has. */
const NAMES = /(--secret-id|--show-only)[ =]\S+/g

/** Words that name a file or folder of the project, also behind an equals sign. */
export function pathsOf(text) {
  const words = text.replace(NAMES, '$1').match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  return words
    .map((word) => word.replace(/^(-{1,2}[\w-]+|[A-Za-z_]\w*)=/, '').replace(/^["']|["']$/g, ''))
    .filter((word) => /^(?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)+\/?$/.test(word) && !word.startsWith('/'))
    .filter((word) => !NO_PATHS.some((pattern) => pattern.test(word)))
}

/** Environment variables, in capitals as all are, that a script reads and does not set itself. */
export function variablesOf(text) {
  const read = [...text.replace(/'[^']*'/g, '').matchAll(/\$\{?([A-Z_][A-Z0-9_]*)/g)].map(([, name]) => name)
  const set = [...text.matchAll(/(?:^|[\s;(])(?:read (?:-\w+ )*|for )?([A-Z_][A-Z0-9_]*)(?==|\s+in\b|\s*;)/g)].map(
    ([, name]) => name,
  )
  return [...new Set(read)].filter((name) => !set.includes(name))
}
