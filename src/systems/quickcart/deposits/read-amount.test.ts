import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney } from '../../../kernel/money.ts'
import { readAmount } from './read-amount.ts'

test('amounts are read as people type them', () => {
  for (const [text, amount] of [
    ['75000', '75000.00'],
    [' 75.000 ', '75000.00'],
    ['75,000', '75000.00'],
    ['1 250 000', '1250000.00'],
    ['Rp 75.000', '75000.00'],
    ['rp75.000,-', '75000.00'],
    ['Rp. 10.000.000,00', '10000000.00'],
    ['75rb', '75000.00'],
    ['75 K', '75000.00'],
    ['2 juta', '2000000.00'],
    ['0', '0.00'],
  ] as const) {
    const read = readAmount(text)
    assert.equal(read === undefined ? 'nothing' : formatMoney('IDR', read), amount, text)
  }
})

test('what could be meant in two ways is not read at all', () => {
  for (const text of [
    '',
    'banyak',
    '-75000',
    '75.00',
    '7.5000',
    '1,5jt',
    '75000.50',
    '75 ribuan',
    '1e6',
    '٧٥',
  ])
    assert.equal(readAmount(text), undefined, text)
})
