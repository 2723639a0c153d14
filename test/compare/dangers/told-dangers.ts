import { parseAllDocuments } from 'yaml'
import type { Comparison } from '../../../src/compare/types.ts'
import type { JsonObject } from '../../../src/engine/types.ts'
import { compareWritten, type WrittenSide, type WrittenUnit } from '../side-double.ts'

export function objects(text: string): readonly JsonObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as JsonObject | null
    return value === null ? [] : [value]
  })
}

export function unit(text: string, more: Omit<WrittenUnit, 'objects'> = {}): WrittenUnit {
  return { objects: objects(text), ...more }
}

/** Another object, so that a unit is never empty or new as a whole. */
export const rest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: rest, namespace: shop }\n'

/** What is told where the objects of one unit of one cluster change so; it has another object that stays. */
export function tellObjects(before: string, after: string): Promise<readonly string[]> {
  return tell(
    { 'fleet/prod': { web: unit(`${rest}---\n${before}`) } },
    { 'fleet/prod': { web: unit(`${rest}---\n${after}`) } },
  )
}

/** What is told where the unit is new to the cluster. */
export function tellGained(after: string): Promise<readonly string[]> {
  return tell(
    { 'fleet/prod': { other: unit(rest) } },
    { 'fleet/prod': { other: unit(rest), web: unit(after) } },
  )
}

export async function tell(before: WrittenSide, after: WrittenSide): Promise<readonly string[]> {
  return lines(await compareWritten(before, after))
}

/** `high replicas-zero: Deployment shop/web goes from 3 to 0 replicas`. */
export function lines({ dangers }: Pick<Comparison, 'dangers'>): readonly string[] {
  return dangers.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`)
}
