// Types of acceptance-cases.mjs for the tests.
export const cases: readonly { readonly name: string; readonly slice: boolean }[]
