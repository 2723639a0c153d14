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

/** `10%` or `0.1` → 0.1; undefined outside 0 to 100 %. */
export function parseShare(written: string | number): number | undefined {
  const match = typeof written === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(written) : undefined
  const share =
    typeof written === 'number' ? written : match?.[1] === undefined ? undefined : Number(match[1]) / 100
  return share !== undefined && share >= 0 && share <= 1 ? share : undefined
}

/** `1.34`, `v1.34.2`, `1.34.2-eks-1` → with `v` and three numbers; undefined for what is no Kubernetes version. */
export function parseKubernetesVersion(text: string): string | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?([-+][0-9A-Za-z.+-]+)?$/.exec(text)
  if (match === null) return undefined
  const [, major = '', minor = '', patch = '0', suffix = ''] = match
  return `v${major}.${minor}.${patch}${suffix}`
}
