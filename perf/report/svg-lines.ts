/** Line charts: a line for each series with a band for the scatter of the rounds, and shapes besides colours. */
import { markup, NOTHING, type Markup } from './markup.ts';
import { CHART_HEIGHT, CHART_WIDTH, frame, type Axis, type Frame } from './svg-frame.ts';

export interface LinePoint {
  readonly x: number;
  /** Null breaks the line. */
  readonly y: number | null;
  readonly low?: number;
  readonly high?: number;
  /** Draws a marker, and is what it says when one points at it. */
  readonly mark?: string;
}

export interface Line {
  readonly label: string;
  readonly colour: number;
  readonly shape: number;
  readonly points: readonly LinePoint[];
}

const DASHES = ['', '7 3', '2 3', '8 3 2 3', '4 2', '1 2'];
const COLOURS = 6;

export function lineChart(title: string, xAxis: Axis, yAxis: Axis, lines: readonly Line[]): Markup {
  const box = frame(xAxis, yAxis);
  return markup`<svg viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}" role="img" aria-label="${title}">
${box.markup}${lines.map((line) => band(line, box))}${lines.map((line) => stroke(line, box))}</svg>`;
}

/** A sample of a series' line for the legend. */
export function lineSample(colour: number, shape: number): Markup {
  return markup`<svg class="sample" viewBox="0 0 34 12" aria-hidden="true"><path class="line c${colour % COLOURS}"${dash(shape)} d="M1 6H33"/>
${marker(shape, 17, 6, colour, NOTHING)}</svg>`;
}

/** Circle, square, triangle, diamond. */
export function marker(shape: number, x: number, y: number, colour: number, title: Markup): Markup {
  const name = `dot c${colour % COLOURS}`;
  switch (shape % 4) {
    case 0:
      return markup`<circle class="${name}" cx="${x}" cy="${y}" r="3.2">${title}</circle>`;
    case 1:
      return markup`<rect class="${name}" x="${x - 3}" y="${y - 3}" width="6" height="6">${title}</rect>`;
    case 2:
      return markup`<path class="${name}" d="M${x} ${y - 4}l4 7h-8z">${title}</path>`;
    default:
      return markup`<path class="${name}" d="M${x} ${y - 4.4}l4.4 4.4-4.4 4.4-4.4-4.4z">${title}</path>`;
  }
}

function dash(shape: number): Markup {
  const pattern = DASHES[shape % DASHES.length] ?? '';
  return pattern === '' ? NOTHING : markup` stroke-dasharray="${pattern}"`;
}

function band({ colour, points }: Line, box: Frame): Markup {
  const wide = points.filter(
    ({ low, high }) => low !== undefined && high !== undefined && high > low,
  );
  if (wide.length === 0) return NOTHING;
  const upper = points.map(({ x, y, high }) => point(box, x, high ?? y ?? 0));
  const lower = points.toReversed().map(({ x, y, low }) => point(box, x, low ?? y ?? 0));
  return markup`<path class="band c${colour % COLOURS}" d="M${[...upper, ...lower].join('L')}Z"/>`;
}

function stroke({ label, colour, shape, points }: Line, box: Frame): Markup {
  const marks = points.flatMap(({ x, y, mark }) =>
    mark === undefined || y === null
      ? []
      : [marker(shape, box.x(x), box.y(y), colour, markup`<title>${`${label}: ${mark}`}</title>`)],
  );
  return markup`<path class="line c${colour % COLOURS}"${dash(shape)} d="${path(points, box)}"/>${marks}`;
}

/** A point alone between two gaps is a short dash, or it would not be seen. */
function path(points: readonly LinePoint[], box: Frame): string {
  const steps: string[] = [];
  let isDrawing = false;
  for (const { x, y } of points) {
    if (y !== null) steps.push(isDrawing ? `L${point(box, x, y)}` : `M${point(box, x, y)}h0.01`);
    isDrawing = y !== null;
  }
  return steps.join('');
}

function point(box: Frame, x: number, y: number): string {
  return markup`${box.x(x)} ${box.y(y)}`.text;
}
