/** What `ffmpeg -progress` writes: blocks of `key=value` lines, each block ended by `progress=`. */

export interface EncodeProgress {
  /** Of the result, from the beginning of the run. */
  readonly doneS: number;
  /** How many times faster than it plays; 0 while unknown. */
  readonly speed: number;
}

export class ProgressReader {
  #rest = '';
  #doneS = 0;
  #speed = 0;

  /** What the last whole block says; null when no block ended in this piece. */
  read(piece: string): EncodeProgress | null {
    const lines = (this.#rest + piece).split('\n');
    // A line is short: what is longer is no progress.
    this.#rest = (lines.pop() ?? '').slice(-1000);
    let hasBlock = false;
    for (const line of lines) {
      const [key = '', value = ''] = line.trim().split('=');
      const number = Number.parseFloat(value);
      if (key === 'out_time_us' && number >= 0) this.#doneS = number / 1e6;
      else if (key === 'speed') this.#speed = number >= 0 ? number : 0;
      else if (key === 'progress') hasBlock = true;
    }
    return hasBlock ? { doneS: this.#doneS, speed: this.#speed } : null;
  }
}
