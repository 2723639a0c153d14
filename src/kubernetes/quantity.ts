const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** Whether the API server reads it as a quantity: `500m`, `1Gi`, `1e3`, 2. */
export function isQuantity(value: unknown): boolean {
  return form.test(String(value))
}

/** Whether both are quantities and the first is less; as near as a double is. */
export function isSmallerQuantity(a: unknown, b: unknown): boolean {
  const [left, right] = [amountOf(a), amountOf(b)]
  return left !== undefined && right !== undefined && left < right
}

function amountOf(value: unknown): number | undefined {
  const match = form.exec(typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '')
  if (match === null) return undefined
  const [, number = '', suffix = ''] = match
  if (/^[eE][+-]?\d/.test(suffix)) return Number(number + suffix)
  const power = binary.indexOf(suffix)
  return Number(number) * (power > 0 ? 1024 ** power : 1000 ** (decimal.indexOf(suffix) - 3))
}
