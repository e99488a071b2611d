// Plans and budgets need a size before a model has counted; this is an estimate and is called one wherever it is shown.

const CHARACTERS_PER_TOKEN = 4

/** Estimated tokens: characters divided by four, rounded up. Real counts differ by model and language. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN)
