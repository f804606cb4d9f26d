/** A five-field cron rule in a time zone: minute, hour, day of the month, month, day of the week. */
import { Cron } from 'croner';

export class CronRule {
  readonly cron: string;
  readonly zone: string;
  readonly #cron: Cron;

  /** @param zone of the IANA list, `Europe/Berlin` @throws CronError that says what is accepted */
  constructor(cron: string, zone: string) {
    this.cron = cron;
    this.zone = checkedZone(zone);
    try {
      this.#cron = new Cron(cron, { mode: '5-part', timezone: zone, paused: true });
    } catch {
      throw new CronError(
        `${JSON.stringify(cron)} is no cron rule: expected minute, hour, day of the month, month and day of the week, ` +
          'as in "*/15 * * * *" or "30 4 * * mon-fri"',
      );
    }
    if (this.next(new Date()) === null)
      throw new CronError(
        `${JSON.stringify(cron)} is a day that never comes: expected one that does`,
      );
  }

  /** The first time after `after`; null: none. A time that is skipped when clocks are put forward comes after that. */
  next(after: Date): Date | null {
    return this.#cron.nextRun(after);
  }
}

export class CronError extends Error {
  override readonly name = 'CronError';
}

function checkedZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw new CronError(
      `${JSON.stringify(zone)} is no time zone: expected a name as UTC or Europe/Berlin`,
    );
  }
}
