import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newFieldKey, parseFieldKeys, sameSecret } from './field-keys.ts'

const first = newFieldKey('k1')
const old = parseFieldKeys(first)
const rotated = parseFieldKeys(`${newFieldKey('k2')},${first}`)

test('what is sealed opens again, and never looks the same twice', () => {
  const sealed = old.seal('1234567890 – é', 'bank.number:1')
  assert.equal(old.open(sealed, 'bank.number:1'), '1234567890 – é')
  assert.notEqual(old.seal('1234567890 – é', 'bank.number:1'), sealed)
  assert.match(sealed, /^k1\.[A-Za-z0-9_-]+$/)
})

test('a value that was changed, or moved to another row, does not open', () => {
  const sealed = old.seal('1234567890', 'bank.number:1')
  const [id = '', body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i)
    assert.throws(() => old.open(`${id}.${changed.toString('base64url')}`, 'bank.number:1'), `byte ${i}`)
  }
  assert.throws(() => old.open(sealed, 'bank.number:2'))
  for (const junk of ['', 'k1', 'k1.', '.abc', 'k1.AAAA']) assert.throws(() => old.open(junk, 'x'))
})

test('after rotation old values open, are known as stale, and new ones need the new key', () => {
  const sealed = old.seal('secret', 'x')
  assert.equal(rotated.open(sealed, 'x'), 'secret')
  assert.equal(rotated.isStale(sealed), true)
  const fresh = rotated.seal('secret', 'x')
  assert.equal(rotated.isStale(fresh), false)
  assert.throws(() => old.open(fresh, 'x'), /k2 is not in the ring/)
})

test('lookups survive rotation and differ by purpose', () => {
  assert.equal(rotated.lookupHash('123', 'bank'), old.lookupHash('123', 'bank'))
  assert.notEqual(old.lookupHash('123', 'bank'), old.lookupHash('123', 'phone'))
  assert.notEqual(old.lookupHash('123', 'bank'), parseFieldKeys(newFieldKey('k1')).lookupHash('123', 'bank'))
})

test('a wrong ring is refused by entry, without printing a key', () => {
  assert.throws(() => parseFieldKeys('k1:c2hvcnQ='), /field key k1 must be 32 bytes/)
  assert.throws(() => parseFieldKeys(`${first},${first}`), /k1 stands twice/)
  assert.throws(() => parseFieldKeys(''), /field key 1 needs an id/)
})

test('secrets are equal only when they are', () => {
  assert.equal(sameSecret('abc', 'abc'), true)
  for (const other of ['', 'ab', 'abcd', 'abd']) assert.equal(sameSecret(other, 'abc'), false)
})
