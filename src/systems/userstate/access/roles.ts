/**
 * Who may do what (UserState, §9). A person's roles are read at every request, so that a change takes effect at once; a
 * service carries its scopes in its API key. Everybody who is signed in has the role `user` besides.
 */
import { definePermissions } from '../../../platform/access/permissions.ts'
import type { UserRoleRole } from '../databases/userstate/tables.ts'

export type StaffRole = UserRoleRole

const everyone = ['user'] as const
const anyStaff = ['support', 'finance', 'marketing', 'admin'] as const satisfies readonly StaffRole[]

/** What an API key may carry. */
export const SCOPES = [
  'service',
  'users:read',
  'payments:read',
  'payments:settle',
  'payments:charge',
  'points:write',
  'push:send',
] as const

export const permissions = definePermissions({
  'profile.own': { roles: everyone },
  'addresses.own': { roles: everyone },
  'wallet.own': { roles: everyone },
  'topups.own': { roles: everyone },
  'payments.make': { roles: everyone, scopes: ['payments:charge'] },
  'payments.own': { roles: everyone },
  'payments.read': { roles: everyone, scopes: ['payments:read', 'service'] },
  'payments.settle': { roles: ['finance', 'admin'], scopes: ['payments:settle', 'service'] },
  'points.own': { roles: everyone },
  'points.write': { roles: [], scopes: ['points:write', 'service'] },
  'referrals.own': { roles: everyone },
  'vouchers.own': { roles: everyone },
  'bank_accounts.own': { roles: everyone },
  'payouts.own': { roles: everyone },
  'devices.own': { roles: everyone },
  'offers.own': { roles: everyone },
  // Every service sees what there is to choose from.
  'choices.read': { roles: everyone, scopes: SCOPES },
  'users.read': { roles: [], scopes: ['users:read', 'service'] },
  'files.read': { roles: [...everyone, ...anyStaff], scopes: ['users:read', 'service'] },
  'push.send': { roles: ['marketing', 'admin'], scopes: ['push:send'] },
  'admin.users.read': { roles: ['support', 'finance', 'admin'] },
  'admin.users.write': { roles: ['admin'] },
  'admin.transactions.read': { roles: ['support', 'finance', 'admin'] },
  'admin.logs.read': { roles: ['support', 'finance', 'admin'] },
  'admin.money': { roles: ['finance', 'admin'] },
  'admin.referrals.read': { roles: ['support', 'marketing', 'finance', 'admin'] },
  'admin.vouchers': { roles: ['marketing', 'admin'] },
  'admin.campaigns': { roles: ['marketing', 'admin'] },
  'admin.keys': { roles: ['admin'] },
  'admin.choices': { roles: ['admin'] },
  'admin.settings': { roles: ['admin'] },
  'admin.audit': { roles: ['admin'] },
})
