/** Variables that are no option, because a secret must not stand on a command line or because others define them. */
export const environmentVariables = [
  {
    name: 'FLEETWRIGHT_KEY',
    help: 'Keys the randomness of charts that draw on it, and the fingerprints of secret values; 16 characters or more, kept for good',
  },
  {
    name: 'FLEETWRIGHT_CREDENTIALS',
    help: 'JSON of credentials by host: `{ "charts.example.com": { "username": "…", "password": "…" } }`, or `{ "token": "…" }`',
  },
  { name: 'NETRC', help: 'File with credentials by host; default `~/.netrc`' },
  { name: 'DOCKER_CONFIG', help: 'Folder with the `config.json` of `docker login`; default `~/.docker`' },
  { name: 'HELM_REGISTRY_CONFIG', help: 'File that `helm registry login` writes' },
  { name: 'HTTPS_PROXY, HTTP_PROXY, NO_PROXY', help: 'Proxies, as curl reads them' },
  { name: 'GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL', help: 'Committer of the rendered branch' },
  { name: 'NO_COLOR', help: 'Any value: no colours' },
  { name: 'CI', help: 'Any value: progress as plain lines' },
  {
    name: 'FLEETWRIGHT_STOP_WITH_INPUT',
    help: 'Any value: end as by Ctrl-C when standard input ends, for programs whose death must end what they started',
  },
  {
    name: 'FLEETWRIGHT_PRIVATE_HOSTS',
    help: 'Hosts, separated by commas, that may have private addresses, instead of those of `spec.sources.allowedHosts`; empty: none. For programs that compile what others wrote',
  },
] as const
