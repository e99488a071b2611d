// Types of shell-words.mjs for the tests; acceptance itself runs without a build.
export function programsOf(text: string): string[]
export function pathsOf(text: string): string[]
export function variablesOf(text: string): string[]
