/** One core for the server, one for the generator. */
import { existsSync } from 'node:fs';

/** The command that runs on one core where `taskset` exists, so that server and generator do not share one. */
export function pinned(core: number, command: string, parameters: readonly string[]): [string, string[]] {
  return existsSync('/usr/bin/taskset')
    ? ['/usr/bin/taskset', ['-c', String(core), command, ...parameters]]
    : [command, [...parameters]];
}
