/**
 * What runs side by side, each answer in its place. The first failure, in their order, is thrown once none of them runs
 * any more: whoever cleans up takes nothing away from one that still works.
 */
export async function together<T>(works: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(works)).map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
