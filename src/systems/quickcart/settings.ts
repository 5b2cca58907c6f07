/** What the shop's people change while it runs, with the documented defaults (QuickCart, §11). */
import { Type } from 'typebox'
import type { Log } from '../../kernel/log.ts'
import { nullable, oneOf, strictObject } from '../../platform/http/schemas.ts'
import type { FieldProblem } from '../../platform/http/validation.ts'
import { openSettings, type Settings, type SettingValues } from '../../platform/settings/settings.ts'
import type { Database } from '../../postgres/database.ts'
import { firstStore, type StoreIdentity } from './stores/store-identity.ts'

const Rupiah = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })
const Multiplier = Type.Number({ minimum: 0.01, maximum: 1 })

const schemas = {
  store_name: Type.String({ minLength: 1, maxLength: 100 }),
  documentation_url: nullable(Type.String({ maxLength: 500 })),
  support_contact: nullable(Type.String({ maxLength: 100 })),
  welcome_sticker_file_id: nullable(Type.String({ maxLength: 255 })),
  gateway_tariff: Type.Array(
    strictObject({
      up_to: nullable(Type.Integer({ minimum: 1 })),
      per_mille: Type.Integer({ minimum: 0, maximum: 1000 }),
      fixed: Rupiah,
      rounding: oneOf(['floor', 'half_up', 'ceil']),
    }),
    { minItems: 1 },
  ),
  qris_min: Rupiah,
  qris_max: Rupiah,
  deposit_min: Rupiah,
  deposit_max: Rupiah,
  deposit_presets: Type.Array(Rupiah, { maxItems: 12 }),
  voucher_days: Type.Integer({ minimum: 1, maximum: 3650 }),
  voucher_cooldown_seconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
  refund_formula: strictObject({
    days: Type.Integer({ minimum: 1, maximum: 3650 }),
    multipliers: Type.Array(Multiplier, { minItems: 5, maxItems: 5 }),
  }),
  max_units_per_order: Type.Integer({ minimum: 1, maximum: 100 }),
  /** Thirty entries still fit into one message. */
  page_size: Type.Integer({ minimum: 1, maximum: 30 }),
  low_stock_threshold: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
}

const defaults = {
  store_name: 'QuickCart Store',
  documentation_url: null,
  support_contact: null,
  welcome_sticker_file_id: null,
  gateway_tariff: [{ up_to: null, per_mille: 7, fixed: 310, rounding: 'floor' as const }],
  qris_min: 500,
  qris_max: 10_000_000,
  deposit_min: 10_000,
  deposit_max: 10_000_000,
  deposit_presets: [10_000, 25_000, 50_000, 100_000, 250_000, 500_000],
  voucher_days: 30,
  voucher_cooldown_seconds: 300,
  refund_formula: { days: 30, multipliers: [0.8, 0.7, 0.6, 0.5, 0.4] },
  max_units_per_order: 100,
  page_size: 10,
  low_stock_threshold: 3,
}

export type ShopSettingValues = SettingValues<typeof schemas>

/** What a schema cannot say of a value beside the others; empty where all is well. */
export function settingProblems(values: ShopSettingValues): readonly FieldProblem[] {
  const { gateway_tariff: tariff } = values
  const ends = tariff.map(({ up_to }) => up_to ?? Number.POSITIVE_INFINITY)
  const isComplete =
    ends.at(-1) === Number.POSITIVE_INFINITY && ends.every((end, i) => end > (ends[i - 1] ?? 0))
  return [
    ...(isComplete ? [] : [{ field: 'gateway_tariff', reason: 'must rise by up_to and end with null' }]),
    ...(values.qris_min <= values.qris_max
      ? []
      : [{ field: 'qris_min', reason: 'must not exceed qris_max' }]),
    ...(values.deposit_min <= values.deposit_max
      ? []
      : [{ field: 'deposit_min', reason: 'must not exceed deposit_max' }]),
  ]
}

export type ShopSettings = Settings<typeof schemas>

export async function openShopSettings(
  { name, title }: StoreIdentity,
  database: Database,
  log: Log,
): Promise<ShopSettings> {
  const ownDefaults = name === firstStore.name ? defaults : { ...defaults, store_name: title }
  return await openSettings({ database, table: 'settings', schemas, defaults: ownDefaults, log })
}
