// Infrastructure stays encrypted, kept, closed and protected: arguments by their safe side, and resources that only protect.
import type { EmittedFile, Json } from '../types.js'
import { amount, directionOf, movedLooser } from './guard-directions.js'
import { type GuardRule, type GuardSubject, type Loss, nowAt, readAll } from './guard-subject.js'
import { type HclBlock, hclFile } from './hcl.js'
import { kindOf } from './kinds.js'

const PROTECTS =
  /public_access_block|versioning|server_side_encryption|bucket_policy|ownership_controls|lifecycle_(configuration|policy)|backup|flow_log|log_group|_kms_|kms_key|budget|guardduty|cloudtrail|config_rule|web_acl|permissions_boundary|replication|db_parameter_group|access_log|logging|deletion_protection|iam_policy_document|role_policy$/

/** The safe value of an argument, whatever resource it belongs to. */
const SAFE: Readonly<Record<string, Json>> = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
  storage_encrypted: true,
  encrypted: true,
  encrypt: true,
  at_rest_encryption_enabled: true,
  transit_encryption_enabled: true,
  enable_key_rotation: true,
  deletion_protection: true,
  deletion_protection_enabled: true,
  prevent_destroy: true,
  copy_tags_to_snapshot: true,
  iam_database_authentication_enabled: true,
  manage_master_user_password: true,
  multi_az: true,
  endpoint_private_access: true,
  point_in_time_recovery: true,
  scan_on_push: true,
  use_lockfile: true,
  skip_final_snapshot: false,
  publicly_accessible: false,
  force_destroy: false,
  force_delete: false,
  endpoint_public_access: false,
  map_public_ip_on_launch: false,
  delete_automated_backups: false,
  associate_public_ip_address: false,
  protected: true,
}

/** Arguments whose smaller number keeps less. */
const FLOORS =
  /^(backup_retention_period|retention_in_days|noncurrent_days|newer_noncurrent_versions|deletion_window_in_days|recovery_window_in_days|undo_days|backup_days|log_retention_days)$/

const WORDS: Readonly<Record<string, readonly string[]>> = {
  sse_algorithm: ['aws:kms', 'aws:kms:dsse'],
  object_ownership: ['BucketOwnerEnforced'],
  status: ['Enabled'],
  http_tokens: ['required'],
  image_tag_mutability: ['IMMUTABLE'],
}

const named = (file: EmittedFile) => kindOf(file) === 'terraform' || kindOf(file) === 'terraform-test'

export const infrastructureRule: GuardRule = {
  name: 'guard/infrastructure',
  async find(subject) {
    const [was, is] = [await blocksOf(subject.before), await blocksOf(subject.after)]
    const losses: Loss[] = []
    for (const [id, { file, block }] of was) {
      const now = is.get(id)
      const at = nowAt(subject, file)
      if (now !== undefined) losses.push(...weakened(block, now.block, now.file, id, subject))
      else if (PROTECTS.test(id) || /^(run|check|variable [^ ]+ validation)/.test(id))
        losses.push({ file: at, reason: `${id} is gone; keep it` })
    }
    for (const [id, { file, block }] of is)
      if (!was.has(id)) losses.push(...weakened(undefined, block, file, id, subject))
    return losses
  },
}

interface Placed {
  readonly file: EmittedFile
  readonly block: HclBlock
}

/** Blocks of a file's outermost level by type and labels, with their folder, which is their module. */
async function blocksOf(files: readonly EmittedFile[]): Promise<Map<string, Placed>> {
  const found = new Map<string, Placed>()
  for (const [file, { body }] of await readAll(
    files.filter(named),
    async (file) => [file, await hclFile(file)] as const,
  )) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/'))
    for (const [index, block] of body.blocks.entries()) {
      const id = [block.type, ...block.labels].join(' ')
      const base = /^(locals|terraform)$/.test(block.type) ? `${id} ${file.path}` : `${id} of ${folder}`
      found.set(found.has(base) ? `${base} ${index}` : base, { file, block })
    }
  }
  return found
}

function weakened(
  was: HclBlock | undefined,
  is: HclBlock,
  file: EmittedFile,
  id: string,
  subject: GuardSubject,
): Loss[] {
  const found: Loss[] = []
  const visit = (old: HclBlock | undefined, now: HclBlock, name: string): void => {
    for (const { name: key, line, literal, strings } of now.body.attributes) {
      const before = old?.body.attributes.find((one) => one.name === key)
      const said = (reason: string) => found.push({ file, line, reason: `${name}: ${reason}` })
      const safe = SAFE[key]
      if (safe !== undefined && literal === !safe && before?.literal !== !safe)
        said(`${key} is ${String(literal)}; keep it ${String(safe)}`)
      const good = WORDS[key]
      const good_ = good?.includes(String(before?.literal)) === true
      if (good_ && literal !== undefined && good?.includes(String(literal)) === false)
        said(`${key} went from ${String(before?.literal)} to ${String(literal)}; keep it`)
      const [had, has] = [amount(before?.literal), amount(literal)]
      if (
        FLOORS.test(old?.type === 'variable' ? (old.labels[0] ?? key) : key) &&
        had !== undefined &&
        has !== undefined &&
        has < had
      )
        said(`${key} went from ${had} to ${has}: less is kept; keep it`)
      else if (before?.literal !== undefined && literal !== undefined && safe === undefined) {
        const direction = directionOf([old?.type === 'variable' && key === 'default' ? (old.labels[0] ?? key) : key])
        const why =
          direction === undefined
            ? undefined
            : movedLooser(direction, before.literal, literal, `${file.path} ${key}`, subject.about.stated)
        if (why !== undefined) said(`${key} ${why}`)
      }
      const open = strings.filter((one) => /^(0\.0\.0\.0|::)\/0$/.test(one))
      if (open.length > 0 && !/egress/.test(name) && before?.strings.some((one) => open.includes(one)) !== true)
        said(`${key} is open to everybody; name the addresses`)
    }
    for (const { name: key, literal } of old?.body.attributes ?? []) {
      const gone = !now.body.attributes.some((one) => one.name === key)
      const guards =
        SAFE[key] !== undefined
          ? literal !== !SAFE[key]
          : /^(kms_key_\w+|permissions_boundary|condition|error_message|http_tokens)$/.test(key) || FLOORS.test(key)
      if (gone && guards && SAFE[key] !== false)
        found.push({ file, line: now.line, reason: `${name}: ${key} is gone; keep it` })
    }
    const count = (block: HclBlock, type: string) => block.body.blocks.filter((one) => one.type === type).length
    for (const type of new Set(old?.body.blocks.map((one) => one.type) ?? []))
      if (
        /^(validation|precondition|postcondition|condition|encryption_config|lifecycle|notification|assert|server_side_encryption|point_in_time_recovery|noncurrent_version_expiration|metadata_options|backend|required_providers)$/.test(
          type,
        ) &&
        old !== undefined &&
        count(now, type) < count(old, type)
      )
        found.push({ file, line: now.line, reason: `${name}: a block ${type} is gone; keep it` })
    for (const [index, block] of now.body.blocks.entries()) {
      const same =
        old?.body.blocks.filter((one) => one.type === block.type && one.labels.join() === block.labels.join()) ?? []
      const position = now.body.blocks
        .slice(0, index)
        .filter((one) => one.type === block.type && one.labels.join() === block.labels.join()).length
      visit(same[position], block, `${name}.${block.type}`)
    }
  }
  const none = is.body.attributes.find(
    ({ name, literal }) =>
      (name === 'count' && literal === 0) ||
      (name === 'for_each' && /^(\[\]|\{\})$/.test(JSON.stringify(literal) ?? '')),
  )
  if (none !== undefined) found.push({ file, line: none.line, reason: `${id}: ${none.name} makes none of it; keep it` })
  if (was === undefined && /^resource aws_iam_(access_key|user_login_profile|user) /.test(id))
    found.push({ file, line: is.line, reason: `${id} is a key that never ends; use a role` })
  visit(was, is, id)
  return found
}
