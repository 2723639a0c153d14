const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `24h`, `90m`, `1h30m`, `7d` → milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  }
  return Math.round(total)
}

/** Milliseconds → text that `parseDuration` reads as them: `24h`, `1h30m`, `1s500ms`. */
export function formatDuration(milliseconds: number): string {
  const parts: string[] = []
  let rest = milliseconds
  for (const unit of ['h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1
    const amount = Math.floor(rest / size)
    if (amount > 0) parts.push(`${amount}${unit}`)
    rest -= amount * size
  }
  return parts.join('') || '0s'
}

/** `10%` or `0.1` → 0.1; undefined outside 0 to 100 %. */
export function parseShare(written: string | number): number | undefined {
  const match = typeof written === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(written) : undefined
  const share =
    typeof written === 'number' ? written : match?.[1] === undefined ? undefined : Number(match[1]) / 100
  return share !== undefined && share >= 0 && share <= 1 ? share : undefined
}

/** 0.1 → `10%`; a share that no such text reads as stays a number. */
export function formatShare(share: number): string | number {
  const text = `${Number((share * 100).toPrecision(12))}%`
  return parseShare(text) === share ? text : share
}

/** `1.34`, `v1.34.2`, `1.34.2-eks-1` → with `v` and three numbers; undefined for what is no Kubernetes version. */
export function parseKubernetesVersion(text: string): string | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?([-+][0-9A-Za-z.+-]+)?$/.exec(text)
  if (match === null) return undefined
  const [, major = '', minor = '', patch = '0', suffix = ''] = match
  return `v${major}.${minor}.${patch}${suffix}`
}
