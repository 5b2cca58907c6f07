/** Counting millions of rows takes its time: it may take a twentieth of it, however many people look. */
const REST = 20

/** Answers what was read last; reads anew once twenty times as long has passed as the reading took. */
export function sparingly<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  let until = 0
  return async () => {
    if (!known || Date.now() >= until) {
      const begun = Date.now()
      until = Number.POSITIVE_INFINITY
      known = read().finally(() => {
        until = Date.now() + (Date.now() - begun) * REST
      })
    }
    return await known
  }
}
