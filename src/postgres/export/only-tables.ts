import type { Catalog, CatalogObject } from '../catalog/catalog.ts'

export class NoSuchTable extends Error {
  override readonly name = 'NoSuchTable'
}

/**
 * Of the catalog some tables of schema public with what stands on its own: columns, keys, checks, indexes, the types and
 * sequences they use. Triggers, rights, and whatever calls a function or leads to a table that is not among them stay behind.
 * @throws NoSuchTable
 */
export function onlyTables(catalog: Catalog, names: readonly string[]): Catalog {
  const isTable = (object: CatalogObject, name: string) =>
    object.kind === 'table' &&
    object.schema === 'public' &&
    object.name === name &&
    object.facts.what === 'table'
  for (const name of names) {
    if (!catalog.some((object) => isTable(object, name))) throw new NoSuchTable(`there is no table ${name}`)
  }
  const ours = (object: CatalogObject) =>
    object.schema === 'public' && names.includes(object.table ?? object.name)
  const types = new Set(
    catalog.filter((object) => object.kind === 'column' && ours(object)).map(({ facts }) => facts.typeName),
  )
  const functions = catalog
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name.replace(/\(.*/s, ''))
  const calls = (text: unknown) =>
    functions.some((name) => new RegExp(`\\b${name}\\(`).test(String(text ?? '')))
  const kept = (object: CatalogObject): boolean => {
    const { kind, facts } = object
    switch (kind) {
      case 'table':
      case 'column':
        return ours(object)
      case 'index':
        return ours(object) && !calls(facts.definition)
      case 'constraint':
        return ours(object) && !calls(facts.definition) && leadsToOurs(facts.definition)
      case 'sequence':
        return object.schema === 'public' && names.includes(String(facts['owned by']).split('.')[0] ?? '')
      case 'type':
        return object.schema === 'public' && types.has(object.name)
      default:
        return false
    }
  }
  const leadsToOurs = (definition: unknown) => {
    const [, parent] = /REFERENCES ([\w.]+)\(/.exec(String(definition)) ?? []
    return parent === undefined || names.includes(parent)
  }
  return catalog.filter(kept).map(({ facts: { grants: _, ...facts }, ...object }) => ({
    ...object,
    facts: calls(facts.default) ? { ...facts, default: null } : facts,
  }))
}
