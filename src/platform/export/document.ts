/** What a system holds of somebody, as one JSON document that is never in memory whole. */
export interface ExportSection {
  /** A member of the document: the list of its rows. */
  readonly name: string
  /** Each row as JSON text. */
  readonly pages: AsyncIterable<readonly string[]>
}

/** Piece by piece, as fast as it is taken. `profile`: JSON text. */
export async function* exportDocument(
  exportedAt: Date,
  profile: string,
  sections: readonly ExportSection[],
): AsyncGenerator<string> {
  yield `{"exported_at":${JSON.stringify(exportedAt)},\n"profile":${profile}`
  for (const { name, pages } of sections) {
    yield `,\n"${name}":[`
    let separator = ''
    for await (const rows of pages) {
      if (rows.length === 0) continue
      yield `${separator}\n${rows.join(',\n')}`
      separator = ','
    }
    yield ']'
  }
  yield '}\n'
}

/** Page after page, each by the last row of the one before, until one is not full. */
export async function* pagesOf<Row>(
  size: number,
  next: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let last: Row | undefined
  for (;;) {
    const rows = await next(last)
    yield rows
    last = rows.at(-1)
    if (last === undefined || rows.length < size) return
  }
}
