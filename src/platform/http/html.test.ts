import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, page, raw } from './html.ts'

test('whatever a person is called stays text', () => {
  const name = `<b>&_*"' onerror=`
  assert.equal(
    html`<p title="${name}">${name}</p>`.text,
    '<p title="&#60;b&#62;&#38;_*&#34;&#39; onerror=">&#60;b&#62;&#38;_*&#34;&#39; onerror=</p>',
  )
})

test('fragments and lists of them are kept, nothing leaves nothing', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`)
  assert.equal(
    html`<ul>${items}</ul>${null}${undefined}${false}${0}${12n}`.text,
    '<ul><li>a</li><li>&#60;b&#62;</li></ul>012',
  )
  assert.equal(html`${raw('<br>')}`.text, '<br>')
  assert.equal(html`${[['<'], ['>']]}`.text, '&#60;&#62;')
})

test('a page escapes its title and loads only what it is given', () => {
  const { text } = page({ title: '</title><script>', body: html`<main></main>`, scripts: ['/assets/pay.js'] })
  assert.doesNotMatch(text, /<script>/)
  assert.match(text, /<script src="\/assets\/pay.js" type="module"><\/script>/)
})
