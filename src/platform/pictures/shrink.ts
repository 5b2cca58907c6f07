/** Pixels, four bytes each: red, green, blue, opacity; row by row from the top. */
export interface Pixels {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/**
 * The same picture with its longer side at most `side`: each new pixel is the mean of the area it stands for, weighed by
 * opacity, so that what is invisible lends no colour. A smaller picture stays as it is.
 */
export function shrink(pixels: Pixels, side: number): Pixels {
  const scale = Math.max(pixels.width, pixels.height) / side
  if (scale <= 1) return pixels
  const width = Math.max(1, Math.round(pixels.width / scale))
  const height = Math.max(1, Math.round(pixels.height / scale))
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      average(
        pixels,
        { left: (x * pixels.width) / width, right: ((x + 1) * pixels.width) / width },
        { top: (y * pixels.height) / height, bottom: ((y + 1) * pixels.height) / height },
        data,
        (y * width + x) * 4,
      )
  return { data, width, height }
}

function average(
  { data, width }: Pixels,
  { left, right }: { readonly left: number; readonly right: number },
  { top, bottom }: { readonly top: number; readonly bottom: number },
  to: Uint8ClampedArray,
  at: number,
): void {
  let [red, green, blue, opacity] = [0, 0, 0, 0]
  for (let y = Math.floor(top); y < bottom; y++) {
    const high = Math.min(y + 1, bottom) - Math.max(y, top)
    for (let x = Math.floor(left); x < right; x++) {
      const from = (y * width + x) * 4
      const weight = high * (Math.min(x + 1, right) - Math.max(x, left)) * (data[from + 3] ?? 0)
      red += weight * (data[from] ?? 0)
      green += weight * (data[from + 1] ?? 0)
      blue += weight * (data[from + 2] ?? 0)
      opacity += weight
    }
  }
  if (opacity === 0) return
  to[at] = red / opacity
  to[at + 1] = green / opacity
  to[at + 2] = blue / opacity
  to[at + 3] = opacity / ((right - left) * (bottom - top))
}
