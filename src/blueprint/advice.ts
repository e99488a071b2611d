// What a person should know about the numbers that were asked for, before anything is built on them. Pure.
import type { RenderTemplate, Settings } from './compose.js'
import type { Component } from './load.js'
import { visible } from './visible.js'

/** The sentences that the components' deliverables have to say about this spec, in component order. */
export function adviceOf(components: readonly Component[], settings: Settings, render: RenderTemplate): string[] {
  return components
    .flatMap(({ contributions }) => contributions)
    .filter(({ deliverable }) => settings.deliverables.has(deliverable))
    .flatMap(({ manifest, file }) =>
      manifest.advice.map(({ text, reads }) => render(text, `${file} advice`, visible(settings.context, reads, file))),
    )
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '')
}
