/** How far the seeder is: one line rewritten on a terminal, a line now and then elsewhere. */
import type { SeedProgress } from './seed-database.ts';

export interface BarOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CHARS = 24;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 5000;
const PHASE_CHARS = 25;
const COLUMNS_FALLBACK = 100;
const CLEAR_LINE = '\r\x1b[K';

export class ProgressBar {
  readonly #output: BarOutput;
  readonly #now: () => number;
  #phase = '';
  #phaseStartedAtMs = 0;
  #shownAtMs = -Infinity;
  #isShown = false;

  constructor(output: BarOutput, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  update(progress: SeedProgress): void {
    const nowMs = this.#now();
    const isNewPhase = progress.phase !== this.#phase;
    if (isNewPhase) {
      this.#phase = progress.phase;
      this.#phaseStartedAtMs = nowMs;
    }
    const isTerminal = this.#output.isTTY === true;
    if (!isNewPhase && nowMs - this.#shownAtMs < (isTerminal ? REDRAW_MS : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    const text = progressText(progress, (nowMs - this.#phaseStartedAtMs) / 1000);
    if (!isTerminal) {
      this.#output.write(`${text}\n`);
      return;
    }
    this.#isShown = true;
    this.#output.write(CLEAR_LINE + text.slice(0, (this.#output.columns ?? COLUMNS_FALLBACK) - 1));
  }

  /** Removes the line from the terminal. */
  clear(): void {
    if (this.#isShown) this.#output.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** `COPY  [######------]  43 %  860,000 of 2,000,000 streams  71,300/s  16 s left` */
export function progressText(
  { phase, done, total, unit, detail }: SeedProgress,
  elapsedS: number,
): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * BAR_CHARS);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_CHARS - filled)}]`;
  const percent = `${Math.floor(part * 100)}`.padStart(3);
  const text = `${phase.padEnd(PHASE_CHARS)} ${bar} ${percent} %  ${number(done)} of ${number(total)} ${unit}`;
  if (detail !== '') return `${text}  ${detail}`;
  if (done === 0 || elapsedS <= 0) return text;
  const perS = done / elapsedS;
  return `${text}  ${number(Math.round(perS))}/s  ${Math.ceil((total - done) / perS)} s left`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
