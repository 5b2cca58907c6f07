/** Line charts as SVG: enough for throughput over connections, latencies, and cost over size. */

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

export interface Axis {
  readonly label: string
  /** Steps of ten are as wide as each other: for sizes from thousands to millions. */
  readonly logarithmic?: boolean
}

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const [WIDTH, HEIGHT] = [720, 400]
const PLOT = { left: 72, right: 560, top: 48, bottom: 340 } as const
/** Told apart also by those who do not see red and green (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']

export function drawChart({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points)
  const across = scale(
    x,
    points.map(([value]) => value),
    PLOT.left,
    PLOT.right,
  )
  // From zero, so that a small difference does not look like a large one.
  const up = scale(y, [0, ...points.map(([, value]) => value)], PLOT.bottom, PLOT.top)
  const lines = series.map((one, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? 'black'
    const at = one.points.map(([px, py]) => [across.at(px).toFixed(1), up.at(py).toFixed(1)] as const)
    const dots = at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`)
    const legend = PLOT.top + 12 + i * 20
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${at.map((p) => p.join(',')).join(' ')}"/>
${dots.join('')}
<rect x="${PLOT.right + 16}" y="${legend - 9}" width="12" height="12" fill="${colour}"/>
<text x="${PLOT.right + 34}" y="${legend + 1}">${escapeText(one.name)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>${escapeText(title)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<text x="${PLOT.left}" y="24" font-size="15" font-weight="bold">${escapeText(title)}</text>
${across.ticks.map((tick) => `<text x="${across.at(tick).toFixed(1)}" y="${PLOT.bottom + 18}" text-anchor="middle">${short(tick)}</text>`).join('\n')}
${up.ticks.map((tick) => `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${up.at(tick).toFixed(1)}" y2="${up.at(tick).toFixed(1)}" stroke="#ddd"/><text x="${PLOT.left - 8}" y="${(up.at(tick) + 4).toFixed(1)}" text-anchor="end">${short(tick)}</text>`).join('\n')}
<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 42}" text-anchor="middle">${escapeText(x.label)}</text>
<text x="16" y="${(PLOT.top + PLOT.bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(PLOT.top + PLOT.bottom) / 2})">${escapeText(y.label)}</text>
${lines.join('\n')}
</svg>
`
}

interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

function scale({ logarithmic }: Axis, values: readonly number[], from: number, to: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (logarithmic) {
    const [first, last] = [Math.log10(low), Math.log10(high)]
    const at = (value: number) => from + ((Math.log10(value) - first) / (last - first || 1)) * (to - from)
    return { at, ticks: [...new Set(values)] }
  }
  const step = niceStep((high - low) / 5)
  const end = Math.ceil(high / step) * step
  const start = Math.floor(low / step) * step
  const ticks = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step)
  return { ticks, at: (value) => from + ((value - start) / (end - start || 1)) * (to - from) }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough || 1))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough
}

function short(value: number): string {
  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 })
  return compact.format(value)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
