/** The sentence that it is asked for; everything else has defaults. */
export const ASKED: string
/** Ids of its deliverables, in workflow order. */
export const DELIVERABLES: readonly string[]
/** Puts it into an empty or new folder, and returns that; what it is built of can then be edited there. With `built` the command line is in `dist/`, with `talks` its prompts are such that a model can answer. */
export function smallProduct(folder: string, options?: { built?: boolean; talks?: boolean }): string
