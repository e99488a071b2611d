// `completion`: a script for the user's shell, made from the commands and flags themselves.
import type { Command } from 'commander'
import { EXIT, type ExitCode, UsageError } from '../errors.js'
import type { Config } from './config.js'
import { ownWorkflow, readWorkflowOptions } from './workflow-options.js'

export async function completion(shell: string, program: Command, config: Config): Promise<ExitCode> {
  const optionFlags = Object.keys(await readWorkflowOptions(ownWorkflow(config.root))).map(
    (name) => `--${name.replaceAll('_', '-')}`,
  )
  const commands = program.commands.map((command) => ({
    name: command.name(),
    flags: [
      ...new Set([
        ...command.options.map((option) => option.long ?? ''),
        ...(command.name() === 'design' ? optionFlags : []),
      ]),
    ].filter(Boolean),
  }))
  process.stdout.write(script(shell, commands))
  return EXIT.done
}

function script(shell: string, commands: readonly { name: string; flags: readonly string[] }[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  switch (shell) {
    case 'bash':
      return `_mlops_agents() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$word")); return; fi
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, flags }) => `    ${name}) COMPREPLY=($(compgen -f -W "${flags.join(' ')}" -- "$word")) ;;`).join('\n')}
  esac
}
complete -F _mlops_agents mlops-agents
`
    case 'zsh':
      return `#compdef mlops-agents
_mlops_agents() {
  if (( CURRENT == 2 )); then compadd ${names}; return; fi
  case "\${words[2]}" in
${commands.map(({ name, flags }) => `    ${name}) compadd -- ${flags.join(' ')}; _files ;;`).join('\n')}
  esac
}
compdef _mlops_agents mlops-agents
`
    case 'fish':
      return `${commands
        .flatMap(({ name, flags }) => [
          `complete -c mlops-agents -n __fish_use_subcommand -a ${name}`,
          ...flags.map(
            (flag) => `complete -c mlops-agents -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`,
          ),
        ])
        .join('\n')}\n`
    default:
      throw new UsageError(`completion knows bash, zsh and fish; got "${shell}"`)
  }
}
