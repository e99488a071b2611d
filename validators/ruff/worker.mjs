// Runs Ruff inside a worker thread, beside the checks of the main one.
import { parentPort } from 'node:worker_threads'
import ruff from '@astral-sh/ruff-wasm-nodejs'

const messageOf = (error) => (error instanceof Error ? error.message : String(error))

parentPort.on('message', ({ id, settings, texts }) => {
  try {
    parentPort.postMessage({ id, version: ruff.Workspace.version(), answers: answersTo(settings, texts) })
  } catch (error) {
    parentPort.postMessage({ id, error: messageOf(error) })
  }
})

function answersTo(settings, texts) {
  const workspaces = settings.map(workspaceOf)
  const answers = texts.map(({ content, settings: at, format }) => {
    const diagnostics = workspaces[at].check(content)
    // What does not parse has no layout.
    const broken = diagnostics.some(({ code }) => code === null || code === 'invalid-syntax')
    return { diagnostics, ...(format && !broken ? { formatted: workspaces[at].format(content) } : {}) }
  })
  for (const workspace of workspaces) workspace.free()
  return answers
}

function workspaceOf(options) {
  try {
    return new ruff.Workspace(options, ruff.PositionEncoding.Utf32)
  } catch (error) {
    throw new Error(`ruff refuses [tool.ruff] of pyproject.toml: ${messageOf(error)}`)
  }
}
