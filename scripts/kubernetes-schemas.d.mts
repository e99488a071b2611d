/** The compact text of the schemas of every kind that the toolchain in `folder` knows. */
export function kubernetesSchemas(folder: string): Promise<string>
