#!/usr/bin/env node
// The bin: dispatches to a command, turns errors into messages and exit codes. The only place that ends the process.
import { Command, CommanderError, Option } from 'commander'
import { type Config, readConfig, VERSION } from './cli/config.js'
import { visible } from './cli/escape.js'
import type { ResumeFlags } from './cli/resume.js'
import { settleRuntime } from './cli/runtime.js'
import { EXIT, type ExitCode, systemError, UsageError, UserError } from './errors.js'

const AUTOSTASH = 'set your uncommitted changes aside while files are written, and bring them back'
const ALLOW_RUN = 'let verification from L2 on run code that agents have written'
const LEVEL_CHOICES = ['L1', 'L2', 'L3'] as const
const DECISIONS = [
  ['approve', 'approved', 'approve a phase as its files are now, in your name'],
  ['revise', 'revise', 'ask for a phase to be made differently; the note says how'],
] as const

/** Each command loads its own code only when it is called. */
async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  // Usage, help and version are written by what is loaded already.
  if (argv[0] !== undefined && !argv[0].startsWith('-')) settleRuntime()
  let code: ExitCode = EXIT.done
  const config = readConfig(import.meta.url)
  const done = (result: ExitCode): void => {
    code = result
  }
  const program = new Command('mlops-agents')
    .description('From one sentence of requirements to a running, verified ML platform repository.')
    .version(VERSION)
    .addHelpText('after', EXAMPLES.program)

  const design = program
    .command('design [requirements]')
    .description('read requirements, write the platform, verify it')
    .option('--requirements-file <file>', 'read the requirements from a file, or from standard input with -')
    .option('--workspace <dir>', 'git repository to write to (default: ./<name from the requirements>)')
    .option('--workflow <path>', 'another workflow: its file, or the folder that it lies in; kept in spec.yaml')
    .option('--option <name=value>', 'choose an option by name; may be repeated', collect)
    .option('--maturity <1..5>', 'how much platform: 1 linear pipeline … 5 several models with an ensemble')
    .option('--dry-run', 'print the plan and every prompt, write nothing')
    .option('--pause <phase>', 'wait after this phase until you approve it; may be repeated', collect)
    .addOption(
      new Option('--verify <level>', 'verify up to this level').choices([...LEVEL_CHOICES, 'none']).default('L1'),
    )
    .option('--autostash', AUTOSTASH)
    .option('--rebuild-base', 'make the branch mlops-agents/generated again where it was lost')
    .option('--nested', 'allow a workspace inside another repository')
    .option('--yes', 'ask nothing, take defaults')
    .option('--json', 'one JSON event a line on standard output')
    .addHelpText('after', EXAMPLES.design)
    .action(async (text: string | undefined, flags: Record<string, unknown>) => {
      const { design: run } = await import('./cli/design.js')
      done(await run({ text, flags }, config))
    })
  const rerun = program
    .command('rerun [target]')
    .description('make a phase, an agent or a deliverable again, or all that is stale; the rest stays as it is')
    .option('--stale', 'everything whose inputs changed')
    .option('--note <text>', 'what the agent is to do differently; kept for later prompts')
    .option('--baseline', 'take the files as the blueprints have them, without what an agent had made of them')
    .option('--workspace <dir>', 'workspace to change', '.')
    .option('--option <name=value>', 'change an option by name; may be repeated', collect)
    .option('--autostash', AUTOSTASH)
    .option('--dry-run', 'say what would be made again and why, write nothing')
    .addOption(
      new Option('--verify <level>', 'verify up to this level').choices([...LEVEL_CHOICES, 'none']).default('L1'),
    )
    .option('--yes', 'ask nothing, take defaults')
    .option('--json', 'one JSON event a line on standard output')
    .addHelpText('after', EXAMPLES.rerun)
    .action(async (target: string | undefined, flags: Record<string, unknown>) =>
      done(await (await import('./cli/rerun.js')).rerun(target, flags, config)),
    )
  addModelFlags(design)
  addModelFlags(rerun)
  if (argv[0] === 'design') await addOptionFlags(design, argv, config)
  if (argv[0] === 'rerun') await addOptionFlags(rerun, argv, config)

  program
    .command('options')
    .description('list options, their values and what each is best for')
    .option('--workflow <path>', 'of another workflow: its file, or the folder that it lies in')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.options)
    .action(async (flags: { json?: boolean; workflow?: string }) =>
      done(await (await import('./cli/options.js')).options(flags, config)),
    )
  program
    .command('status')
    .description('show phases, agents and deliverables of a workspace')
    .option('--workspace <dir>', 'workspace to look at', '.')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.status)
    .action(async (flags: { workspace: string; json?: boolean }) =>
      done(await (await import('./cli/status.js')).status(flags, config)),
    )
  program
    .command('verify')
    .description('verify a workspace: L1 official checks, L2 its own tests, L3 train and serve')
    .option('--workspace <dir>', 'workspace to verify', '.')
    .addOption(new Option('--level <level>', 'how far to go').choices([...LEVEL_CHOICES]).default('L1'))
    .option('--allow-run', ALLOW_RUN)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.verify)
    .action(async (flags: { workspace: string; level: 'L1' | 'L2' | 'L3'; json?: boolean; allowRun?: boolean }) =>
      done(await (await import('./cli/verify-memory.js')).verifyOrRecall(flags, config)),
    )
  program
    .command('diff [target]')
    .description('show what the last run changed, or the last attempt of a phase, an agent or a deliverable')
    .option('--workspace <dir>', 'workspace to look at', '.')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.diff)
    .action(async (target: string | undefined, flags: { workspace: string; json?: boolean }) =>
      done(await (await import('./cli/diff.js')).diff(target, flags, config)),
    )
  program
    .command('resume')
    .description('go on with the last run wherever it stopped; what it finished is not made again')
    .option('--workspace <dir>', 'workspace to go on in', '.')
    .addOption(
      new Option('--verify <level>', 'verify up to this level (default: that of the run, or L1)').choices([
        ...LEVEL_CHOICES,
        'none',
      ]),
    )
    .option('--autostash', AUTOSTASH)
    .option('--json', 'one JSON event a line on standard output')
    .option('--budget <usd>', 'most that all of these runs may spend on models, what is spent included; or none')
    .option('--budget-tokens <n>', 'most tokens that all of these runs may use')
    .option('--strict', 'end with 3 where work of an agent was not accepted')
    .option('--allow-run', ALLOW_RUN)
    .addHelpText('after', EXAMPLES.resume)
    .action(async (flags: ResumeFlags) => done(await (await import('./cli/resume.js')).resume(flags, config)))
  program
    .command('undo [deliverable]')
    .description('take the last run back, or the last attempt of one deliverable; a second undo is a redo')
    .option('--workspace <dir>', 'workspace to change', '.')
    .option('--autostash', AUTOSTASH)
    .option('--dry-run', 'say what would be taken back, write nothing')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.undo)
    .action(async (deliverable: string | undefined, flags: { workspace: string; dryRun?: boolean; json?: boolean }) =>
      done(await (await import('./cli/undo.js')).undo(deliverable, flags, config)),
    )
  program
    .command('review [phase]')
    .description('show a phase before you decide on it: decisions, assumptions, what to look at first, checks, changes')
    .option('--workspace <dir>', 'workspace to look at', '.')
    .option('--whole', 'all of the phase, not only what has changed since it was approved')
    .addOption(new Option('--verify <level>', 'check the files').choices(['L1', 'none']).default('L1'))
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', EXAMPLES.review)
    .action(async (phase: string | undefined, flags: { workspace: string; verify: 'L1' | 'none' }) =>
      done(await (await import('./cli/review.js')).review(phase, flags, config)),
    )
  for (const [name, kind, description] of DECISIONS) {
    program
      .command(`${name} <phase>`)
      .description(description)
      .option('--note <text>', 'what you want to say with it; kept with the decision')
      .option('--tree <id>', 'only if the files are still those that review showed with this id')
      .option('--workspace <dir>', 'workspace to decide in', '.')
      .option('--json', 'one JSON document on standard output')
      .addHelpText('after', EXAMPLES[name])
      .action(async (phase: string, flags: { workspace: string; tree?: string; note?: string; json?: boolean }) =>
        done(await (await import('./cli/decision.js')).decision(kind, phase, flags, config)),
      )
  }
  program
    .command('upgrade')
    .description('show what this version makes differently of a platform that an earlier one made, and make it so')
    .option('--workspace <dir>', 'workspace to upgrade', '.')
    .option('--autostash', AUTOSTASH)
    .option('--dry-run', 'say what would change, write nothing')
    .addOption(
      new Option('--verify <level>', 'verify up to this level').choices([...LEVEL_CHOICES, 'none']).default('L1'),
    )
    .option('--json', 'one JSON event a line on standard output')
    .option('--allow-run', ALLOW_RUN)
    .addHelpText('after', EXAMPLES.upgrade)
    .action(async (flags: Record<string, unknown>) =>
      done(await (await import('./cli/upgrade.js')).upgrade(flags, config)),
    )
  program
    .command('doctor')
    .description('say what this machine can run, and what is missing')
    .option('--install', 'install uv into the cache of mlops-agents')
    .addHelpText('after', EXAMPLES.doctor)
    .action(async (flags: { install?: boolean }) => done(await (await import('./cli/doctor.js')).doctor(flags, config)))
  program
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .addHelpText('after', EXAMPLES.completion)
    .action(async (shell: string) =>
      done(await (await import('./cli/completion.js')).completion(shell, program, config)),
    )

  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => {} })
    refuseTwice(command)
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return EXIT.done
    if (error.code === 'commander.help') return EXIT.usage
    throw new UsageError(`${error.message.replace(/^error: /, '')}\n(add --help for the flags and an example)`)
  }
  return code
}

/**
 * Of two different values of one flag the second would silently win, and decide what is written or where.
 * How far to verify decides nothing of that: there the last one counts, as is usual.
 */
function refuseTwice(command: Command): void {
  const deciding = command.options.filter(
    ({ required, parseArg, argChoices }) => required && parseArg !== collect && argChoices === undefined,
  )
  for (const option of deciding) {
    let given: string | undefined
    command.on(`option:${option.name()}`, (value: string) => {
      if (given !== undefined && given !== value)
        throw new UsageError(`--${option.name()} is given twice, as "${given}" and as "${value}"; give it once`)
      given = value
    })
  }
}

/** Who is asked to tailor what is made. */
function addModelFlags(command: Command): void {
  command
    .option(
      '--model <vendor:id>',
      'have agents tailor the platform with this model; more of them are asked in turn',
      collect,
    )
    .option('--base-url <url>', 'where a compatible server listens')
    .option('--budget <usd>', 'spend at most this much on models, or none for no limit (default: 10)')
    .option('--budget-tokens <n>', 'use at most so many tokens')
    .option('--record <file>', 'keep what models answer')
    .option('--replay <file>', 'take answers from such a file; no model is asked')
    .option('--strict', 'end with 3 where work of an agent was not accepted')
    .option('--allow-run', ALLOW_RUN)
}

/** One flag per option, so that a new option in the workflow file is a new flag without a line here. */
async function addOptionFlags(command: Command, argv: readonly string[], config: Config): Promise<void> {
  const { readWorkflowOptions, workflowOfCommand } = await import('./cli/workflow-options.js')
  for (const [name, option] of Object.entries(await readWorkflowOptions(await workflowOfCommand(argv, config)))) {
    const flag = `--${name.replaceAll('_', '-')}`
    // Of a name that is a flag already, --option speaks.
    if (command.options.some(({ long }) => long === flag)) continue
    command.option(`${flag} <value>`, `${option.title}: ${option.values.join(', ')} (default: ${option.default})`)
  }
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

const EXAMPLES = {
  program: `
Examples:
  mlops-agents design "Predict which subscribers will cancel within 30 days. Tables land in S3 every night." --workspace ../churn
  mlops-agents options
  mlops-agents status --workspace ../churn

Exit codes: 0 done, 1 internal error, 2 wrong usage or input, 3 a check failed, 4 a person must decide, 5 budget reached, 130 interrupted`,
  design: `
Examples:
  mlops-agents design "Predict which invoices will be paid late. Tables in S3." --workspace ../late-invoices
  mlops-agents design --requirements-file brief.txt --feature-store custom --maturity 3 --yes
  mlops-agents design --workspace ../late-invoices      design again from an edited spec.yaml`,
  options: `
Example:
  mlops-agents options --json`,
  status: `
Example:
  mlops-agents status --workspace ../churn --json`,
  verify: `
Example:
  mlops-agents verify --workspace ../churn --level L3`,
  diff: `
Examples:
  mlops-agents diff --workspace ../churn
  mlops-agents diff phase1 --workspace ../churn`,
  resume: `
Example:
  mlops-agents resume --workspace ../churn`,
  rerun: `
Examples:
  mlops-agents rerun phase1 --feature-store custom --workspace ../churn
  mlops-agents rerun --stale --dry-run --workspace ../churn`,
  undo: `
Examples:
  mlops-agents undo --workspace ../churn --dry-run
  mlops-agents undo tracking --workspace ../churn`,
  upgrade: `
Example:
  mlops-agents upgrade --dry-run --workspace ../churn`,
  review: `
Examples:
  mlops-agents review --workspace ../churn
  mlops-agents review phase2 --whole --workspace ../churn`,
  approve: `
Examples:
  mlops-agents approve phase1 --workspace ../churn
  mlops-agents approve phase1 --tree 3b18e512dba7 --workspace ../churn`,
  revise: `
Example:
  mlops-agents revise phase1 --note "Keep raw tables for 90 days only." --workspace ../churn`,
  doctor: `
Example:
  mlops-agents doctor --install`,
  completion: `
Example:
  mlops-agents completion bash >> ~/.bashrc`,
} as const

runProgram(process.argv.slice(2))
  .catch((thrown: unknown): ExitCode => {
    const error = systemError(thrown) ?? thrown
    if (error instanceof UserError) {
      process.stderr.write(`error: ${visible(error.message)}\n`)
      return error.exitCode
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`internal error, please report it with the lines below:\n${text}\n`)
    return EXIT.internal
  })
  .then((code) => {
    // Idle workers of libraries must not keep a finished command alive; both streams are flushed first.
    process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
  })
