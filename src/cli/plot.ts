/** Plots in the terminal: one line over runs, drawn with braille dots, two across and four down in each character. */
export interface PlotPoint {
  readonly at: string;
  readonly value: number;
}

export interface PlotOptions {
  /** Columns for all of it, the scale included. */
  readonly width: number;
  /** Lines for the curve. */
  readonly height: number;
  /** Of a value, for the scale. */
  readonly format: (value: number) => string;
  readonly paint: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Bits of the dots of a braille character, by row from above, then left and right. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Lines without line ends. The points stand at equal distances, in their order. */
export function plotLines(points: readonly PlotPoint[], options: PlotOptions): string[] {
  const { width, height, format, paint, dim } = options;
  const values = points.map(({ value }) => value);
  const [low, high] = scaleOf(values);
  const labels = [high, (low + high) / 2, low].map(format);
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const columns = Math.max(8, width - margin - 2);
  const grid = draw(values, low, high, columns, height);
  const lines = grid.map((row, i) => {
    const label = i === 0 ? labels[0] : i === height - 1 ? labels[2] : i === (height - 1) / 2 ? labels[1] : undefined;
    const scale = `${(label ?? "").padStart(margin)} ${label === undefined ? "│" : "┤"}`;
    return `${dim(scale)}${paint(row)}`;
  });
  const [first, last] = namesOf(points[0]?.at ?? "", points.at(-1)?.at ?? "");
  const gap = columns - first.length - last.length;
  const dates = gap > 0 && first !== last ? first + " ".repeat(gap) + last : first;
  return [...lines, dim(`${" ".repeat(margin + 1)}└${"─".repeat(columns)}`), dim(`${" ".repeat(margin + 2)}${dates}`)];
}

/** Days; of one day its minutes. */
function namesOf(first: string, last: string): [string, string] {
  const length = first.slice(0, 10) === last.slice(0, 10) ? 16 : 10;
  return [first.slice(0, length).replace("T", " "), last.slice(0, length).replace("T", " ")];
}

/** From the lowest to the highest value; a flat line lies in the middle, one of zeros at the bottom. */
function scaleOf(values: readonly number[]): [low: number, high: number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (high > low) return [low, high];
  return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
}

function draw(values: readonly number[], low: number, high: number, columns: number, height: number): string[] {
  const dotColumns = columns * 2;
  const dotRows = height * 4;
  const cells = Array.from({ length: height }, () => new Uint8Array(columns));
  const rowOf = (value: number): number => Math.round(((high - value) / (high - low)) * (dotRows - 1));
  const set = (x: number, y: number): void => {
    const row = cells[y >> 2];
    const bit = dots[y & 3]?.[x & 1] ?? 0;
    const column = x >> 1;
    if (row !== undefined && row[column] !== undefined) row[column] |= bit;
  };
  const xOf = (i: number): number =>
    values.length === 1 ? 0 : Math.round((i / (values.length - 1)) * (dotColumns - 1));
  let previous: { x: number; y: number } | undefined;
  for (const [i, value] of values.entries()) {
    const point = { x: xOf(i), y: rowOf(value) };
    const from = previous ?? point;
    const steps = Math.max(1, Math.abs(point.x - from.x), Math.abs(point.y - from.y));
    for (let step = 0; step <= steps; step++) {
      set(
        Math.round(from.x + ((point.x - from.x) * step) / steps),
        Math.round(from.y + ((point.y - from.y) * step) / steps),
      );
    }
    previous = point;
  }
  return cells.map((row) =>
    [...row]
      .map((bits) => (bits === 0 ? " " : String.fromCharCode(0x2800 + bits)))
      .join("")
      .trimEnd(),
  );
}
