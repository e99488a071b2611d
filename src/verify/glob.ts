// Ruff's way of matching paths: a star also crosses slashes, and a pattern fits the whole path or the file name alone.

function globToRegExp(glob: string): RegExp {
  let source = ''
  for (let i = 0; i < glob.length; i += 1) {
    const char = glob.charAt(i)
    if (char === '*') {
      while (glob.charAt(i + 1) === '*') i += 1
      // `**/x` also means `x` itself.
      if (glob.charAt(i + 1) === '/' && glob.charAt(i - 1) === '*') {
        source += '(?:.*/)?'
        i += 1
      } else source += '.*'
    } else if (char === '?') source += '.'
    else if (char === '[') {
      const end = glob.indexOf(']', i + 1)
      source += end < 0 ? '\\[' : glob.slice(i, end + 1).replace('[!', '[^')
      if (end >= 0) i = end
    } else if (char === '{') source += '(?:'
    else if (char === '}') source += ')'
    else if (char === ',') source += '|'
    else source += char.replace(/[.+^$()|\\]/g, '\\$&')
  }
  return new RegExp(`^${source}$`)
}

/** Whether `path` or its last name matches; a leading `!` turns the answer round, as in `per-file-ignores`. */
export function matchesFile(glob: string, path: string): boolean {
  if (glob.startsWith('!')) return !matchesFile(glob.slice(1), path)
  const pattern = globToRegExp(glob.replace(/^\.\//, ''))
  return pattern.test(path) || pattern.test(path.slice(path.lastIndexOf('/') + 1))
}

/** Whether the file, or a folder that it lies in, is excluded. */
export function isExcluded(globs: readonly string[], path: string): boolean {
  const segments = path.split('/')
  return globs.some((glob) => segments.some((_, index) => matchesFile(glob, segments.slice(0, index + 1).join('/'))))
}
