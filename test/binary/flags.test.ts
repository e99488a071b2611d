// Wrong flags and values: exit 2, what was expected and got, the nearest right one, and nothing on disk.
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mlops, SENTENCE, scratch } from './product.js'

async function refused(args: readonly string[]): Promise<string> {
  const cwd = scratch()
  const ended = await mlops(args, { cwd })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^error: /)
  expect(ended.stderr).not.toMatch(/\n {4}at /)
  expect(readdirSync(cwd)).toEqual([])
  return ended.stderr
}
const design = (...flags: string[]) => refused(['design', SENTENCE, '--workspace', 'here', ...flags])

describe.concurrent('flags', () => {
  it('a misspelt option value is met with the values and the nearest', async () => {
    expect(await design('--experiment-tracking', 'mlfow')).toMatch(
      /--experiment-tracking "mlfow" is not one of mlflow, wandb, neptune, clearml\. Did you mean mlflow\?/,
    )
    expect(await design('--option', 'cloud_provider=awss')).toMatch(/"awss" is not one of aws, .*Did you mean aws\?/)
  })

  it('a value that is far from all others is met without a guess', async () => {
    const said = await design('--experiment-tracking', 'spreadsheet')
    expect(said).toMatch(/is not one of mlflow/)
    expect(said).not.toMatch(/Did you mean/)
  })

  it('an unknown option is met with the known ones and the nearest', async () => {
    expect(await design('--option', 'feature_stor=feast')).toMatch(
      /unknown option "feature_stor"; known are experiment_tracking, .*Did you mean feature_store\?/,
    )
    expect(await design('--option', 'feature_store')).toMatch(/not of the form name=value, e\.g\. --option/)
    expect(await design('--feature-stor', 'feast')).toMatch(/unknown option '--feature-stor'[\s\S]*--feature-store/)
  })

  it('a value without a blueprint is met with the built ones', async () => {
    expect(await design('--feature-store', 'tecton')).toMatch(
      /feature_store "tecton" has no blueprint yet; built are feast, custom\. Choose one of them with --feature-store/,
    )
  })

  it('an unbuilt value that the text asks for is refused too, never replaced', async () => {
    const text = `${SENTENCE} We use ClearML for experiments.`
    expect(await refused(['design', text, '--workspace', 'here'])).toMatch(
      /experiment_tracking "clearml" has no blueprint yet; built are mlflow, wandb/,
    )
  })

  it('all that the text asks for and is not built is named at once, with its words and the flags that would do', async () => {
    const text = `${SENTENCE} We use ClearML and Dagster.`
    const said = await refused(['design', text, '--workspace', 'here'])
    expect(said).toMatch(/"clearml" has no blueprint yet; .*\(the text says "ClearML", REQ-003\)/)
    expect(said).toMatch(/"dagster" has no blueprint yet; built are airflow \(the text says "Dagster", REQ-003\)/)
    expect(said).toMatch(/choose, e\.g\. --experiment-tracking mlflow --orchestration airflow/)
  })

  it('one flag with two values is refused, of which the second would silently win', async () => {
    expect(await design('--feature-store', 'feast', '--feature-store', 'custom')).toMatch(
      /--feature-store is given twice, as "feast" and as "custom"; give it once/,
    )
    expect(await design('--maturity', '1', '--maturity', '2')).toMatch(/--maturity is given twice/)
  })

  it('an empty folder name is not the present folder', async () => {
    expect(await refused(['design', SENTENCE, '--workspace', ''])).toMatch(/--workspace is empty; name a folder/)
  })

  it('flags that contradict each other are named together', async () => {
    expect(await design('--feature-store', 'feast', '--option', 'feature_store=custom')).toMatch(
      /says custom and another flag says feast for feature_store; give one of them/,
    )
    expect(await design('--dry-run', '--verify', 'L3')).toMatch(/--dry-run writes nothing.*leave one of the two out/)
  })

  it.each(['0', '6', '2.5', 'five', ''])('maturity "%s" is refused with the range', async (value) => {
    expect(await design('--maturity', value)).toMatch(/--maturity ".*" is not a whole number from 1 to 5/)
  })

  it('a level that does not exist is met with those that do', async () => {
    expect(await design('--verify', 'L9')).toMatch(/'L9' is invalid.*L1, L2, L3, none/)
  })

  it('an unknown command is met with the nearest', async () => {
    expect(await refused(['desing', SENTENCE])).toMatch(/unknown command 'desing'[\s\S]*design/)
  })

  it('two texts are one too many', async () => {
    expect(await refused(['design', 'Predict', 'churn'])).toMatch(/too many arguments/)
  })

  it('a shell that completion does not know is met with those that it does', async () => {
    expect(await refused(['completion', 'tcsh'])).toMatch(/knows bash, zsh and fish; got "tcsh"/)
  })
})
