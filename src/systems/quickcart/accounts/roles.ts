/**
 * Who may do what (QuickCart, §10). A person's role is read from their row at every request, so that a change
 * takes effect at once; a service carries its scopes in its API key.
 */

import { definePermissions } from '../../../platform/access/permissions.ts'
import type { UsersMemberStatus } from '../databases/db_store1/tables.ts'

export type Role = UsersMemberStatus

const everyone = ['customer', 'reseller', 'admin'] as const satisfies readonly Role[]

export const permissions = definePermissions({
  'profile.own': { roles: everyone },
  'orders.own': { roles: everyone },
  'deposits.own': { roles: everyone },
  'prices.reseller': { roles: ['reseller', 'admin'] },
  'users.manage': { roles: ['admin'] },
  'balances.adjust': { roles: ['admin'] },
  'settings.manage': { roles: ['admin'] },
  'catalog.manage': { roles: ['admin'] },
  'stock.manage': { roles: ['admin'] },
  'vouchers.manage': { roles: ['admin'] },
  'broadcasts.manage': { roles: ['admin'] },
  'groups.manage': { roles: ['admin'] },
  'orders.read': { roles: ['admin'], scopes: ['reporting'] },
  'orders.redeliver': { roles: ['admin'] },
  'deposits.read': { roles: ['admin'], scopes: ['ops'] },
  'refunds.manage': { roles: ['admin'] },
  'privacy.manage': { roles: ['admin'] },
  'payments.read': { roles: ['admin'], scopes: ['ops'] },
  'payments.reconcile': { roles: ['admin'], scopes: ['ops'] },
  'stats.read': { roles: ['admin'], scopes: ['reporting'] },
  'audit.read': { roles: ['admin'] },
})
