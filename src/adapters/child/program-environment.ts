type Environment = Readonly<Record<string, string | undefined>>

/** Names in lower case, as Windows does not tell them apart. */
const needed =
  /^(?:path|tmpdir|temp|tmp|lang|language|lc_\w+|tz|systemroot|windir|comspec|pathext|no_color|(?:https?|no|all)_proxy|ssl_cert_(?:file|dir)|node_extra_ca_certs|git_ssl_\w+|git_committer_(?:name|email))$/

/** Where things of the user are found: files with credentials among them. */
const personal =
  /^(?:home|user|logname|shell|xdg_\w+|userprofile|appdata|localappdata|programdata|git_config_(?:global|system|nosystem))$/

/** Whether programs need this variable to run at all, and to find what is the user's own. No credentials among them. */
export function isPlainVariable(name: string): boolean {
  const lower = name.toLowerCase()
  return needed.test(lower) || personal.test(lower)
}

/** What programs need to run at all, and nothing that leads them to files of whoever runs this. Pure. */
export function programEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && value !== '' && needed.test(name.toLowerCase()) ? [[name, value]] : [],
  )
  return Object.fromEntries(kept)
}
