/**
 * One piece of work at a time for each key in this process. Callers of the same key share the result;
 * when the work fails, the next caller in line does it with its own task, never everybody at once.
 */
import { AppError } from '../errors.ts';
import type { RequestTrace } from '../trace/request-trace.ts';
import type { CancelSignal } from './cancel.ts';
import { HighChurnMap } from '../high-churn-map.ts';
import { BackgroundTasks } from './background-tasks.ts';
import { Deadline } from './deadline.ts';
import { cancellable, orCancelled, waitFailure } from './wait.ts';

export interface SingleFlightOptions {
  /** Total time of one flight, hand-overs included; everybody who waits is answered by then. */
  readonly flightTimeoutMs: number;
  /** Keys in flight at a time; one more is refused with `server.overloaded`. */
  readonly keysMax: number;
  /** Callers that may wait for one key. */
  readonly waitersMax: number;
  /**
   * Failures after which the rest of the line gets the last error instead of its turn: behind a dead
   * origin the line would otherwise fail one by one, each after the origin's whole timeout.
   */
  readonly attemptsMax: number;
}

/** Gets the flight's signal: deadline and shutdown, not the leaving of any single caller. */
export type FlightTask<T> = (signal: CancelSignal) => Promise<T>;

interface Waiter<T> {
  readonly task: FlightTask<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  /** Whether its caller is gone. */
  gone: boolean;
}

interface Flight<T> {
  readonly id: number;
  readonly key: string;
  readonly deadline: Deadline;
  /** In order of arrival; the first one leads. */
  readonly waiters: Set<Waiter<T>>;
}

export class SingleFlight<T> implements AsyncDisposable {
  readonly #options: SingleFlightOptions;
  readonly #joinable = new HighChurnMap<string, Flight<T>>();
  readonly #tasks = new BackgroundTasks();
  readonly #flights = new HighChurnMap<number, Flight<T>>();
  #nextId = 0;
  #closed = false;

  constructor(options: SingleFlightOptions) {
    this.#options = options;
  }

  /** Flights under way, forgotten ones included. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * The result of the key's flight, started with `task` when there is none. The work outlives callers that abort.
   * @throws AppError `cache.wait-timeout`, `request.cancelled`, `server.overloaded`, `server.draining`, or what the task threw
   */
  run(key: string, task: FlightTask<T>, signal: CancelSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(waitFailure(signal));
    if (this.#closed)
      return Promise.reject(new AppError('server.draining', 'The server is stopping'));
    const present = this.#joinable.get(key);
    const full =
      present === undefined
        ? this.#flights.size >= this.#options.keysMax
        : present.waiters.size >= this.#options.waitersMax;
    if (full)
      return Promise.reject(
        new AppError('server.overloaded', 'Too much is being prepared; try again'),
      );
    const flight = present ?? this.#open(key, signal.trace);
    const result = this.#join(flight, task, signal);
    if (present === undefined) void this.#lead(flight);
    return result;
  }

  /** Later callers start a new flight; the present one ends for those who already wait. */
  forget(key: string): void {
    this.#joinable.delete(key);
  }

  forgetAll(): void {
    this.#joinable.clear();
  }

  /** Aborts every flight; resolves when their tasks have ended, after a second at the latest. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const reason = new AppError('server.draining', 'The server is stopping');
    for (const flight of this.#flights.values()) flight.deadline.abort(reason);
    await this.#tasks.settled();
  }

  #join(flight: Flight<T>, task: FlightTask<T>, signal: CancelSignal): Promise<T> {
    return cancellable<T>(
      signal,
      (resolve, reject) => {
        const waiter: Waiter<T> = { task, resolve, reject, gone: false };
        flight.waiters.add(waiter);
        return () => {
          waiter.gone = signal.aborted;
          flight.waiters.delete(waiter);
        };
      },
      waitFailure,
    );
  }

  /** @param trace of whoever asks first */
  #open(key: string, trace: RequestTrace | undefined): Flight<T> {
    const deadline = new Deadline({
      timeoutMs: this.#options.flightTimeoutMs,
      failure: tookTooLong,
      trace,
    });
    const flight: Flight<T> = { id: this.#nextId++, key, deadline, waiters: new Set() };
    this.#joinable.set(key, flight);
    this.#flights.set(flight.id, flight);
    return flight;
  }

  /** Lets waiter after waiter lead until one succeeds, the deadline passes or nobody is left. */
  async #lead(flight: Flight<T>): Promise<void> {
    let failures = 0;
    for (;;) {
      const [leader] = flight.waiters;
      if (leader === undefined) return this.#end(flight);
      try {
        const work = leader.task(flight.deadline.signal);
        this.#tasks.add(work);
        const value = await orCancelled(work, flight.deadline.signal);
        this.#end(flight);
        for (const waiter of flight.waiters) waiter.resolve(value);
        return;
      } catch (error) {
        // A task that failed because its own client left says nothing about the origin.
        if (!leader.gone) failures++;
        const isLast = flight.deadline.signal.aborted || failures >= this.#options.attemptsMax;
        if (isLast) return this.#fail(flight, error);
        flight.waiters.delete(leader);
        leader.reject(error);
      }
    }
  }

  #fail(flight: Flight<T>, error: unknown): void {
    this.#end(flight);
    for (const waiter of flight.waiters) waiter.reject(error);
  }

  /** In the same turn as the answers, so that nobody joins a flight that has ended. */
  #end(flight: Flight<T>): void {
    flight.deadline[Symbol.dispose]();
    this.#flights.delete(flight.id);
    if (this.#joinable.get(flight.key) === flight) this.#joinable.delete(flight.key);
  }
}

function tookTooLong(): AppError {
  return new AppError('cache.wait-timeout', 'The answer took too long; try again');
}
