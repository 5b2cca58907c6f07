import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCharacter } from '../../../../test/any-character.ts'
import { detectEntities, parseHtml } from './entities.ts'
import { Refusal } from './refusal.ts'

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

test('any escaped value comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (value) => {
      const { text, entities } = parseHtml(`[<b>${escaped(value)}</b>]`)
      assert.equal(text, `[${value}]`)
      assert.deepEqual(entities, value === '' ? [] : [{ type: 'bold', offset: 1, length: value.length }])
    }),
  )
})

test('any text at all is parsed or refused, never worse', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '/', 'b', 'a', ' ', '=', '"', '&', ';', 'é') }),
      (html) => {
        try {
          parseHtml(html)
        } catch (error) {
          assert.ok(error instanceof Refusal && error.status === 400)
        }
      },
    ),
  )
})

test('links keep http addresses only; white space around a text goes and entities follow', () => {
  assert.deepEqual(
    parseHtml('\n <a href="https://x.id/?a=1&amp;b=2">x</a> <a href="javascript:alert(1)">y</a> '),
    {
      text: 'x y',
      entities: [{ type: 'text_link', offset: 0, length: 1, url: 'https://x.id/?a=1&b=2' }],
    },
  )
})

test('commands, addresses and mentions are found outside of code', () => {
  const found = detectEntities(parseHtml('/refund TRX1 lihat https://x.id/a. @sari_1 <code>/no</code> a/b'))
  assert.deepEqual(
    found.entities.map(({ type, offset, length }) => [type, found.text.slice(offset, offset + length)]),
    [
      ['bot_command', '/refund'],
      ['url', 'https://x.id/a'],
      ['mention', '@sari_1'],
      ['code', '/no'],
    ],
  )
})
