import type { ErrorCatalogue } from '../kernel/errors.ts'

/** What the ledger refuses. functions/refuse.sql raises each with this SQLSTATE and its code as constraint. */
export const ledgerErrors = {
  ledger_account_unknown: { status: 404, text: 'There is no account {account}', sqlstate: 'NGL01' },
  ledger_insufficient_funds: {
    status: 409,
    text: '{account} has {available} available, {needed} are needed',
    sqlstate: 'NGL02',
  },
  ledger_reference_reused: {
    status: 409,
    text: '{reference} already stands for another transfer',
    sqlstate: 'NGL03',
  },
  ledger_unit_mismatch: {
    status: 422,
    text: '{debit} and {credit} are in different units',
    sqlstate: 'NGL04',
  },
  ledger_amount_invalid: {
    status: 422,
    text: '{amount} is not an amount of this unit above zero',
    sqlstate: 'NGL05',
  },
  ledger_same_account: { status: 422, text: '{account} cannot pay itself', sqlstate: 'NGL06' },
  ledger_append_only: { status: 409, text: 'What is in ledger.{table} stays as it is', sqlstate: 'NGL07' },
  ledger_projection_readonly: {
    status: 409,
    text: 'Balances change through the ledger only',
    sqlstate: 'NGL08',
  },
  ledger_opening_negative: { status: 422, text: '{account} cannot open below zero', sqlstate: 'NGL09' },
  ledger_hold_unknown: { status: 404, text: 'Nothing is held under {reference}', sqlstate: 'NGL10' },
  ledger_hold_closed: { status: 409, text: 'The hold {reference} is already {state}', sqlstate: 'NGL11' },
  ledger_hold_expired: { status: 409, text: 'The hold {reference} has expired', sqlstate: 'NGL12' },
  ledger_capture_exceeds_hold: {
    status: 422,
    text: 'Each leg of {reference} can be captured from 1 to what it holds',
    sqlstate: 'NGL13',
  },
  ledger_account_name_invalid: {
    status: 422,
    text: '{name} cannot be the name of this account',
    sqlstate: 'NGL14',
  },
  ledger_account_conflict: {
    status: 409,
    text: '{account} is already open on other terms',
    sqlstate: 'NGL15',
  },
  ledger_floor_not_met: { status: 409, text: '{account} is below the floor {floor}', sqlstate: 'NGL16' },
  ledger_journal_invalid: {
    status: 422,
    text: 'A journal or batch needs legs, and not too many',
    sqlstate: 'NGL17',
  },
  ledger_linked_refused: {
    status: 409,
    text: 'Another transfer of the same group was refused',
    sqlstate: 'NGL18',
  },
  ledger_unit_unknown: { status: 422, text: 'There is no unit {unit}', sqlstate: 'NGL19' },
  ledger_reference_invalid: {
    status: 422,
    text: 'A transfer needs a kind and a reference of 1 to 200 characters',
    sqlstate: 'NGL20',
  },
  ledger_projection_invalid: {
    status: 500,
    text: '{table}.{column} cannot show such an account',
    sqlstate: 'NGL21',
  },
  ledger_projection_in_use: { status: 409, text: 'Account {account} is not empty', sqlstate: 'NGL22' },
} as const satisfies ErrorCatalogue

export type LedgerErrorCode = keyof typeof ledgerErrors
