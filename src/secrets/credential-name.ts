/**
 * What a name says of its value. `password`: even a number is one. `certain`: a literal text is a credential.
 * `possible`: it may as well be the name of a Secret, as in `tlsSecret: web-tls`.
 */
export type CredentialName = 'password' | 'certain' | 'possible'

const passwords = ['password', 'passwords', 'passwd', 'passphrase', 'passcode']
/** Ends of names, all letters together: `AWS_SECRET_ACCESS_KEY`, `bearerToken`, `dbpassword`. */
const certain = [
  ...['token', 'tokens', 'apikey', 'apikeys', 'privatekey', 'secretkey', 'accesskey', 'encryptionkey'],
  ...['signingkey', 'masterkey', 'accountkey', 'sharedkey', 'licensekey', 'credential', 'credentials'],
  ...['clientsecret', 'connectionstring', 'erlangcookie'],
]
/** Words before `secret` that say that it is one, and not the name of one. */
const qualifiers = new Set([
  ...['access', 'api', 'app', 'application', 'client', 'consumer', 'cookie', 'csrf', 'db', 'encryption'],
  ...['hmac', 'jwt', 'master', 'oauth', 'oidc', 'root', 'session', 'shared', 'signing', 'user', 'webhook'],
])

/** Names come again and again; a fleet has some thousands. */
const maxKnown = 20_000

/** Tells names of values that are credentials. Remembers what it has told. */
export function createCredentialNames(): (name: string) => CredentialName | undefined {
  const known = new Map<string, CredentialName | undefined>()
  return (name) => {
    if (known.has(name)) return known.get(name)
    const found = judge(name)
    if (known.size < maxKnown) known.set(name, found)
    return found
  }
}

function judge(name: string): CredentialName | undefined {
  if (name.length > 120) return undefined
  const words = wordsOf(name)
  const last = words.at(-1)
  // `checksum/secret`, `existingSecretKey` and the like speak about one.
  if (last === undefined || words[0] === 'checksum' || words.includes('existing')) return undefined
  const all = words.join('')
  if (passwords.some((end) => all.endsWith(end))) return 'password'
  // PWD is where a shell stands; `compass` and `bypass` are words.
  if ((last === 'pass' || last === 'pwd') && name !== 'PWD') return 'password'
  if (certain.some((end) => all.endsWith(end))) return 'certain'
  if (last !== 'secret') return undefined
  const before = words.at(-2)
  return before === undefined || qualifiers.has(before) ? 'certain' : 'possible'
}

/** `--grafana.adminPassword2` → grafana, admin, password. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '')
}

/** Whether the value of a name like that is written out, and not a reference to somewhere else. */
export function isLiteral(value: string, name: CredentialName, isPublic: (text: string) => boolean): boolean {
  const text = value.trim()
  if (text === '' || /^(?:true|false|yes|no|on|off|null|none|~)$/i.test(text)) return false
  // `$(VARIABLE)` of Kubernetes, variables and commands of shells, a template as a whole.
  if (/^(?:\$\(|`)|^\$(?:\{\w*\}?|[A-Za-z_]\w*)$|^\{\{[^{}]*\}\}$/.test(text)) return false
  // Of SOPS.
  if (/^ENC\[AES256_GCM,[^\]]*\]$/.test(text)) return false
  if (name === 'password') return true
  if (isPath(text) || /^\d+$/.test(text)) return false
  // Prose about tokens: `- access_token: what the client gets`.
  if (/\s/.test(text) && !looksMade(text)) return false
  if (name === 'certain') return true
  const isObjectName = /^(?:[a-z0-9][a-z0-9-]{0,62}\/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)
  return (!isObjectName || looksMade(text)) && !isPublic(text)
}

/** `/var/run/secrets/token`, not `/k3J9+x/…`, which is a key. */
function isPath(text: string): boolean {
  return /^(?:\.{1,2}|~)?(?:\/[\w.@-]+){2,}\/?$/.test(text) && !text.split('/').some(looksRandom)
}

/**
 * Whether some part of a text, between spaces and the separators of names and paths, is six characters or more with letters
 * and digits or signs mixed, as words are not.
 */
export function looksMade(text: string): boolean {
  return text.split(/[\s_./:,-]+/).some((part) => {
    const isMixed = /[A-Za-z]/.test(part) && /[^A-Za-z]/.test(part)
    return part.length >= 6 && isMixed && !/^[^A-Za-z0-9]*[A-Za-z]+[^A-Za-z0-9]*$/.test(part)
  })
}

/** Letters of both cases and digits mixed, or hexadecimal digits, at a length that no word has. */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || /\s/.test(text)) return false
  if (/^[0-9a-f]{20,}$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text)
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
}
