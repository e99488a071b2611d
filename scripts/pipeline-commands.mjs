// What the tasks of the orchestrator start: the commands of their processes as a plan, and the arguments of their pods held against them.

/** What Airflow puts in place of the pipelines' macros; the run is the one that the pages before have made. */
const MACROS = { '{{as_of(dag_run)}}': '2026-11-20', '{{run_id_of(dag_run)}}': '2026-11-20' }
const STARTER = ['uv', 'run', '--locked']
/** The case that runs every task of this pipeline, so that its commands need not run twice. */
export const WHOLE_RUN = { dag: 'training', case: 'Airflow: the DAGs import, and a whole run trains' }

/**
 * @param {readonly {dag: string, task: string, file: string, words: readonly string[], pod: boolean}[]} tasks as dag-commands.py prints them
 * @param {ReadonlySet<string>} scripts programs that the project installs
 */
export function pipelineCommands(tasks, scripts) {
  const problems = []
  const byText = new Map()
  const fill = (word) => MACROS[word] ?? word
  const shape = (words) =>
    words.map((word, at) => (words[at - 1] === '--environment' ? '<environment>' : word)).join(' ')
  const wholeRun = new Set(
    tasks.filter(({ dag, pod }) => dag === WHOLE_RUN.dag && !pod).map(({ words }) => words.join(' ')),
  )
  const processes = new Set(tasks.filter(({ pod }) => !pod).map(({ words }) => shape(words.slice(STARTER.length))))
  for (const { task, file, words, pod } of tasks) {
    const place = { file: `${file} (${task})`, line: 1 }
    const text = words.map(fill).join(' ')
    const left = words.map(fill).find((word) => word.includes('{{'))
    if (left) problems.push({ ...place, reason: `${text}: nothing says what stands for ${left}` })
    else if (pod && !scripts.has(words[0]))
      problems.push({ ...place, reason: `${words[0]} is no program of the project` })
    else if (pod && !processes.has(shape(words)))
      problems.push({ ...place, reason: `the pod's ${text} is started as a process by no task, so it was never tried` })
    else if (byText.has(text)) byText.get(text).places.push(place)
    else byText.set(text, { text, ...treatment(words, pod, wholeRun), places: [place] })
  }
  return { plan: [...byText.values()], problems }
}

function treatment(words, pod, wholeRun) {
  if (pod) return { how: 'parse', reason: 'needs a cluster' }
  if (wholeRun.has(words.join(' '))) return { how: 'elsewhere', reason: `run by the case "${WHOLE_RUN.case}"` }
  return { how: 'run' }
}
