// Nobody gets more rights than the baseline gave: policies of the cloud, roles of the cluster, tokens of a workflow.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { clusterObjects } from './guard-objects.js'
import { type GuardRule, type GuardSubject, type Loss, more, readAll } from './guard-subject.js'
import { eachAttributeOf, type HclBlock, hclFile } from './hcl.js'
import { at, isObject, listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'

export const rightsRule: GuardRule = {
  name: 'guard/rights',
  async find(subject) {
    return [...(await cloudRights(subject)), ...(await clusterRights(subject)), ...(await workflowRights(subject))]
  },
}

interface Statement {
  readonly id: string
  readonly block: HclBlock
  readonly file: EmittedFile
}

/** Statements of every policy document, also those of a `dynamic` block. */
async function statements(files: readonly EmittedFile[]): Promise<Statement[]> {
  const found: Statement[] = []
  for (const file of files.filter((one) => kindOf(one) === 'terraform'))
    for (const block of (await hclFile(file)).body.blocks.filter(
      ({ labels }) => labels[0] === 'aws_iam_policy_document',
    ))
      for (const [index, inner] of block.body.blocks.entries()) {
        const content = inner.type === 'dynamic' ? inner.body.blocks.find(({ type }) => type === 'content') : inner
        if (content === undefined || (inner.type !== 'statement' && inner.labels[0] !== 'statement')) continue
        const sid = content.body.attributes.find(({ name }) => name === 'sid')?.literal
        const folder = file.path.slice(0, file.path.lastIndexOf('/'))
        found.push({
          id: `${folder} ${block.labels[1]} ${typeof sid === 'string' ? sid : index}`,
          block: content,
          file,
        })
      }
  return found
}

const texts = (block: HclBlock | undefined, name: string): readonly string[] =>
  block?.body.attributes.find((one) => one.name === name)?.strings ?? []

const denies = (block: HclBlock) => texts(block, 'effect').includes('Deny')

/** Actions that know no resource, or only look. */
const LOOKS = /^[\w-]+:(Describe|List|GetAuthorizationToken|GetCallerIdentity)/

async function cloudRights({ before, after }: GuardSubject): Promise<Loss[]> {
  const [was, is] = [await statements(before), await statements(after)]
  const losses: Loss[] = []
  for (const { id, block, file } of is) {
    const old = was.find((one) => one.id === id)?.block
    const lost = (reason: string) =>
      losses.push({ file, line: block.line, reason: `${id.split(' ').slice(1).join(' ')}: ${reason}` })
    if (denies(block)) continue
    if (old !== undefined && denies(old)) lost('what was denied is allowed; keep the effect')
    for (const action of more(texts(old, 'actions'), texts(block, 'actions')))
      if (action.includes('*')) lost(`the action ${action} covers more than is named; name each action`)
    const broad = more(texts(old, 'resources'), texts(block, 'resources')).filter(
      (one) => one === '*' || /^arn:aws:s3:::\*/.test(one),
    )
    if (broad.length > 0 && !texts(block, 'actions').every((action) => LOOKS.test(action)))
      lost(`the resource ${broad[0]} is everything; name what is meant`)
    const whom = (one: HclBlock | undefined) =>
      one?.body.blocks.filter(({ type }) => type === 'principals').flatMap((inner) => texts(inner, 'identifiers')) ?? []
    if (more(whom(old), whom(block)).includes('*')) lost('anybody may take this right; name the principals')
    const conditions = (one: HclBlock) => one.body.blocks.filter(({ type }) => type === 'condition').length
    if (old !== undefined && conditions(block) < conditions(old)) lost('a condition is gone; keep it')
  }
  for (const { id, block, file } of was.filter(({ block: one }) => denies(one))) {
    const now = is.find((one) => one.id === id)
    const gone = now === undefined ? [] : more(texts(now.block, 'actions'), texts(block, 'actions'))
    const name = id.split(' ').slice(1).join(' ')
    if (now === undefined)
      losses.push({
        file: after.find(({ path }) => path === file.path) ?? file,
        reason: `${name}: the denial is gone; keep it`,
      })
    else if (gone.length > 0)
      losses.push({
        file: now.file,
        line: now.block.line,
        reason: `${name}: ${gone.join(', ')} is denied no more; keep it`,
      })
  }
  return [...losses, ...(await managedRights({ before, after }))]
}

/** Policies that AWS or somebody else has written, and those that are written as JSON. */
async function managedRights({ before, after }: Pick<GuardSubject, 'before' | 'after'>): Promise<Loss[]> {
  const said = async (files: readonly EmittedFile[]) => {
    const found: { word: string; line: number; file: EmittedFile }[] = []
    for (const file of files.filter((one) => kindOf(one) === 'terraform'))
      for (const { name, strings, line } of eachAttributeOf((await hclFile(file)).body.blocks))
        for (const word of strings) {
          const managed =
            /(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w+FullAccess|AmazonEKSClusterAdminPolicy)$/.test(word)
          const inline = /policy/.test(name) && (word === '*' || /^[a-z0-9-]+:\*$/.test(word))
          if (managed || inline) found.push({ word, line, file })
        }
    return found
  }
  const now = await said(after)
  const left = more(
    (await said(before)).map(({ word }) => word),
    now.map(({ word }) => word),
  )
  return left.flatMap((word) => {
    const found = now.find((one) => one.word === word)
    return found === undefined
      ? []
      : [
          {
            file: found.file,
            line: found.line,
            reason: `${word} gives more than is needed; name the actions and resources`,
          },
        ]
  })
}

const triples = (value: Json): string[] =>
  listAt(value, 'rules').flatMap((rule) =>
    listAt(rule, 'apiGroups').flatMap((group) =>
      listAt(rule, 'resources').flatMap((resource) =>
        listAt(rule, 'verbs').map(
          (verb) => `${String(verb)} ${String(resource)}${group === '' ? '' : `.${String(group)}`}`,
        ),
      ),
    ),
  )

async function clusterRights({ before, after }: GuardSubject): Promise<Loss[]> {
  const was = (await readAll(before, clusterObjects)).flat()
  return (await readAll(after, clusterObjects)).flat().flatMap((object): Loss[] => {
    const old = was.find(({ id }) => id === object.id)
    const said = (reason: string): Loss => ({ file: object.file, line: object.line, reason: `${object.id}: ${reason}` })
    if (/^(Cluster)?RoleBinding$/.test(object.kind)) {
      const role = textAt(object.value, 'roleRef', 'name')
      const wide = /^(cluster-admin|admin|edit)$/.test(role) && textAt(old?.value, 'roleRef', 'name') !== role
      const subjects = (value: Json | undefined) => listAt(value, 'subjects').map((one) => JSON.stringify(one))
      const added = old === undefined ? [] : more(subjects(old.value), subjects(object.value))
      const anybody =
        subjects(object.value).some((one) =>
          /system:(authenticated|unauthenticated|serviceaccounts|masters)/.test(one),
        ) && old === undefined
      return [
        ...(wide ? [said(`the role ${role} gives everything; name a role of its own`)] : []),
        ...(added.length > 0 || anybody ? [said('more subjects get the role; bind a role of their own')] : []),
      ]
    }
    if (!/^(Cluster)?Role$/.test(object.kind)) return []
    const added = more(old === undefined ? [] : triples(old.value), triples(object.value))
    const harmful = added.filter(
      (one) => old !== undefined || /\*|\bsecrets\b|^(escalate|bind|impersonate)|pods\/exec|nodes/.test(one),
    )
    return harmful.length > 0
      ? [said(`it may now ${harmful.slice(0, 3).join(', ')}; keep the rights, and give others a role of their own`)]
      : []
  })
}

const RANK = ['none', 'read', 'write']

/** Permissions of a workflow and of each job, by scope. */
function permissions(value: Json): Map<string, string> {
  const found = new Map<string, string>()
  const put = (where: string, said: Json | undefined): void => {
    if (typeof said === 'string') found.set(`${where}all`, said.replace(/-all$/, ''))
    else if (isObject(said))
      for (const [scope, right] of Object.entries(said)) found.set(`${where}${scope}`, String(right))
  }
  put('', at(value, 'permissions'))
  for (const [name, job] of Object.entries(
    isObject(at(value, 'jobs')) ? (at(value, 'jobs') as { [key: string]: Json }) : {},
  ))
    put(`${name}.`, at(job, 'permissions'))
  return found
}

async function workflowRights({ changes }: GuardSubject): Promise<Loss[]> {
  const losses: Loss[] = []
  for (const { before, after } of changes.filter((one) => kindOf(one.after) === 'workflow')) {
    const [[old], [now]] = [before === undefined ? [] : await dataDocuments(before), await dataDocuments(after)]
    if (now === undefined) continue
    const had = old === undefined ? new Map<string, string>() : permissions(old.value)
    const line = now.position(['permissions']).line
    if (had.size > 0 && at(old?.value, 'permissions') !== undefined && at(now.value, 'permissions') === undefined)
      losses.push({
        file: after,
        reason: '`permissions` is gone, so that every job gets what the repository gives by default; keep it',
      })
    for (const [scope, right] of permissions(now.value)) {
      const known = had.get(scope) ?? 'none'
      const harmful =
        old === undefined
          ? scope.endsWith('all') && right === 'write'
          : RANK.indexOf(right) > RANK.indexOf(known) && right === 'write'
      if (harmful)
        losses.push({
          file: after,
          line,
          reason: `the permission ${scope} is ${right} and no longer ${known}; keep the permissions`,
        })
    }
  }
  return losses
}
