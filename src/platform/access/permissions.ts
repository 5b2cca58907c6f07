/**
 * What a role may do: one table of rules per system, read by the HTTP guard, the bot and the tests alike.
 *
 *     export const permissions = definePermissions({
 *       'orders.read':        { roles: ['customer', 'reseller', 'admin'] },
 *       'payments.reconcile': { roles: ['admin'], scopes: ['ops'] },
 *     })
 */
import { fail } from '../../kernel/errors.ts'

export interface PermissionRule {
  /** Any one of these roles is enough, for a person. */
  readonly roles: readonly string[]
  /** Any one of these scopes is enough, for a service. */
  readonly scopes?: readonly string[]
}

/** The part of an identity that rules speak about. */
export interface Holder {
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
}

export interface Permissions<Permission extends string = string> {
  readonly rules: Readonly<Record<Permission, PermissionRule>>
  /** @throws TypeError for a permission that is not in the table. */
  allows(holder: Holder, permission: string): boolean
  /** @throws forbidden */
  demand(holder: Holder, permission: Permission): void
}

export function definePermissions<const Permission extends string>(
  rules: Readonly<Record<Permission, PermissionRule>>,
): Permissions<Permission> {
  const table = new Map<string, PermissionRule>(Object.entries<PermissionRule>(rules))
  const allows = (holder: Holder, permission: string) => {
    const rule = table.get(permission)
    if (!rule) throw new TypeError(`${permission} is not in the table of permissions`)
    return (
      rule.roles.some((role) => holder.roles.includes(role)) ||
      (rule.scopes ?? []).some((scope) => holder.scopes.includes(scope))
    )
  }
  return {
    rules,
    allows,
    demand(holder, permission) {
      if (!allows(holder, permission)) throw fail('forbidden')
    },
  }
}
