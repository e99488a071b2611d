import { describe, expect, it } from 'vitest'
import { plainPassword, secretsCheck } from '../../src/verify/secrets.js'
import { emitted } from './emitted.js'

describe('secrets', () => {
  it('accepts references to secrets', async () => {
    const content = `password = os.environ["DB_PASSWORD"]\ntoken: $\{WANDB_API_KEY}\n`
    expect(await secretsCheck.run([emitted('a.yaml', content)], [])).toMatchObject([{ status: 'pass' }])
  })

  it('finds a cloud key at its line', async () => {
    const key = ['AKIA', 'Z7Q5RXW3NMLKJ4TD'].join('')
    expect(await secretsCheck.run([emitted('a.yaml', `a: 1\nkey: "${key}"\n`)], [])).toContainEqual(
      expect.objectContaining({ status: 'fail', line: 2, check: 'secrets/secretlint' }),
    )
  })

  it('finds the number of an account, but not the one that AWS uses as an example', async () => {
    const of = (account: string) => emitted('a.hcl', `account_id = "${account}"\n`)
    expect(await secretsCheck.run([of(['1234567', '89013'].join(''))], [])).toMatchObject([{ status: 'fail', line: 1 }])
    expect(await secretsCheck.run([of('123456789012')], [])).toMatchObject([{ status: 'pass' }])
  })

  it('names the right file and line among many, and does not stop at a switch in another file', async () => {
    const key = ['AKIA', 'Z7Q5RXW3NMLKJ4TD'].join('')
    const files = [
      emitted('a.txt', 'one\ntwo\n'),
      emitted('b.txt', `one\ntwo\nkey: "${key}"\n`),
      emitted('c.txt', '# secretlint-disable\n'),
      emitted('d.txt', `${key}\n`),
      emitted('e.json', `{\n"key": "${key}"}\n`),
    ]
    const found = await secretsCheck.run(files, files)
    expect(found.filter((r) => r.status === 'fail').map((r) => `${r.file}:${r.line}`)).toEqual([
      'b.txt:3',
      'd.txt:1',
      'e.json:2',
    ])
    expect(found.filter((r) => r.status === 'pass').map((r) => r.file)).toEqual(['a.txt', 'c.txt'])
  })

  it.each([
    ['password: "S3cr3tPa55w0rd!"'],
    ["db_password = 'hunter22x'"],
    ['  "api_key": "9f8e7d6c5b4a"'],
    ['DB_PASSWORD=S3cr3t!pass'],
  ])('finds the literal in %s', (line) => expect(plainPassword(line)).toBeDefined())
  it.each([
    ['password: str'],
    ['token = settings.tracking.token'],
    ['secret: "database-credentials"'],
    ['password_environment: DB_PASSWORD'],
    [['token: $', '{TOKEN}'].join('')],
    ['api_key = os.environ["WANDB_API_KEY"]'],
    ['# the password is read from the environment'],
    ['secret_name: "mlflow/backend"'],
    ['def rotate(token: SecretStr) -> None:'],
    ['tokens: list[str]'],
    ['token = CORRELATION.set(values)'],
  ])('is silent about %s', (line) => expect(plainPassword(line)).toBeUndefined())
})
