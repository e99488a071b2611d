// A node of the syntax tree of HCL, copied out of the parser; only named nodes, and those that the parser missed.
export interface Node {
  readonly type: string
  readonly missing: boolean
  readonly line: number
  readonly text: string
  readonly children: readonly Node[]
}
