// What harms by being there at all, in any kind of file: switched-off checks of a linter, of TLS, and commands that run what they fetch.
import type { EmittedFile } from '../types.js'
import { type GuardRule, type GuardSubject, type Loss, more } from './guard-subject.js'
import { kindOf } from './kinds.js'
import { isTest } from './paths.js'

interface Word {
  readonly pattern: RegExp
  readonly reason: string
}

const SUPPRESSIONS: readonly Word[] = [
  {
    pattern:
      /#\s*(noqa|type:\s*ignore|nosec|pragma:\s*no cover|pylint:\s*disable|mypy:\s*ignore|pyright:\s*ignore|ruff:\s*noqa|checkov:skip|tfsec:ignore|trivy:ignore|tflint-ignore|hadolint (global )?ignore|shellcheck disable|yamllint disable|nolint|kics-scan ignore|zizmor: ignore|actionlint: ignore|secretlint-disable|gitleaks:allow)/gi,
    reason: 'a check is told to look away here; write it so that the check has nothing to say',
  },
]

const TRANSPORT: readonly Word[] = [
  {
    pattern:
      /\b(verify|ssl)\s*=\s*False|_create_unverified_context|CERT_NONE|check_hostname\s*=\s*False|InsecureRequestWarning|disable_warnings|PYTHONHTTPSVERIFY[=:\s]+["']?0|NODE_TLS_REJECT_UNAUTHORIZED[=:\s]+["']?0|UV_INSECURE_HOST/g,
    reason: 'certificates are not verified; leave verification on',
  },
  {
    pattern:
      /\bcurl\b[^|\n]{0,300}?\s(-[a-zA-Z]{0,9}k[a-zA-Z]{0,9}|--insecure)\s|--no-check-certificate|GIT_SSL_NO_VERIFY|StrictHostKeyChecking[= ]no|--insecure-skip-tls-verify|--tls-verify=false|--allow-insecure-host|--trusted-host/g,
    reason: 'the other end is not verified; leave verification on',
  },
  {
    pattern:
      /(insecure_?skip_?(tls_?)?verify|insecure)["']?\s*[:=]\s*["']?(true|1)\b|sslmode=(disable|allow|prefer)|(smtp_require_tls|require_tls|tls_enabled|force_ssl)["']?\s*[:=]\s*["']?(false|0)\b/gi,
    reason: 'TLS is not asked for; leave it on',
  },
  {
    pattern: /\b(TLSv?1(\.|_)?[01]|PROTOCOL_(SSLv\d|TLSv1(_1)?)|SSLv3)\b/g,
    reason: 'an old version of TLS is allowed; ask for 1.2 or later',
  },
]

/** Machines of one's own: loopback, names inside the cluster, names without a dot, and what is filled in. */
const OWN =
  /^(localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|169\.254\.|[\w-]+([:/]|$)|[^/:]*(\.svc\b|\.local\b|\.internal\b|\.invalid\b|\.test\b|\.?example(\.\w+)?\b)|[^/:]*[{$<%])/

const DANGER: readonly Word[] = [
  {
    pattern:
      /\b(curl|wget)\b[^\n|;&]{0,300}\|\s*(sudo\s+)?(ba|z|da)?sh\b|\b(ba|z)?sh\s+(-c\s+)?["']?(<\(|\$\()\s*(curl|wget)|\b(curl|wget)\b[^\n|]{0,300}\|\s*(sudo\s+)?python3?\b/g,
    reason: 'what is fetched is run unseen; install a pinned version by its digest',
  },
  {
    pattern: /\bchmod\s+(-R\s+)?(0?777|a\+rwx?)\b|\/var\/run\/docker\.sock|\brm\s+-[rf]+\s+\/(\s|$|\*)|--privileged\b/g,
    reason: 'it reaches over the borders of the project; ask for the one right that is needed',
  },
  {
    pattern:
      /\bgit\s+(push|commit)\b[^\n]{0,300}?\s(--no-verify|--force(?!-with-lease)|-f)\b|\bbase64\s+(-d|--decode)[^\n|]{0,300}\|\s*(ba|z)?sh\b|\beval\s+"?\$\((curl|wget)/g,
    reason: 'it gets past what others rely on; do it in the open',
  },
]

/** Of a word that several files of the deliverable hold, only what is more than before is new. */
function newWords({ before, after }: GuardSubject, words: readonly Word[], applies = (_: EmittedFile) => true): Loss[] {
  return words.flatMap(({ pattern, reason }) => {
    const matches = (files: readonly EmittedFile[]) =>
      files
        .filter((file) => applies(file) && kindOf(file) !== 'markdown')
        .flatMap((file) =>
          [...file.content.matchAll(pattern)].map((match) => ({ file, word: match[0].trim(), at: match.index })),
        )
    const now = matches(after)
    const left = more(
      matches(before).map(({ word }) => word),
      now.map(({ word }) => word),
    )
    return left.flatMap((word) => {
      const found = now.filter((one) => one.word === word).at(-1)
      return found === undefined
        ? []
        : [{ file: found.file, line: lineAt(found.file, found.at), reason: `"${word}": ${reason}` }]
    })
  })
}

const lineAt = ({ content }: EmittedFile, offset: number): number => content.slice(0, offset).split('\n').length

export const suppressionWords = (subject: GuardSubject): Loss[] =>
  newWords(subject, SUPPRESSIONS, ({ path }) => !isTest(path))

export const transportRule: GuardRule = {
  name: 'guard/transport',
  find: (subject) => [...newWords(subject, TRANSPORT), ...openAddresses(subject)],
}

export const commandRule: GuardRule = {
  name: 'guard/danger',
  find: (subject) => newWords(subject, DANGER),
}

/** Addresses without TLS outside of the platform's own machines. */
function openAddresses({ before, after }: GuardSubject): Loss[] {
  const open = (files: readonly EmittedFile[]) =>
    files
      .filter((file) => kindOf(file) !== 'markdown')
      .flatMap((file) =>
        [...file.content.matchAll(/\bhttp:\/\/([^\s"'`<>)\\]+)/g)]
          .filter(([, host = '']) => !OWN.test(host) && !/^(www\.)?(w3|json-schema|schemas\.|xmlns|purl)/.test(host))
          .map((match) => ({ file, host: match[1] ?? '', at: match.index })),
      )
  const now = open(after)
  const fresh = more(
    open(before).map(({ host }) => host),
    now.map(({ host }) => host),
  )
  return fresh.flatMap((host) => {
    const found = now.find((one) => one.host === host)
    return found === undefined
      ? []
      : [
          {
            file: found.file,
            line: lineAt(found.file, found.at),
            reason: `http://${host} is read and written in the clear; use https`,
          },
        ]
  })
}
