/** The shapes of a provider's resources, data sources and configuration, one a line, as the toolchain in `folder` has them. */
export function providerShapes(folder: string, provider: string): Promise<string>
/** Least and greatest number of arguments of every function that the program `tofu` knows. */
export function languageFunctions(tofu: string): Record<string, [number, number | null]>
