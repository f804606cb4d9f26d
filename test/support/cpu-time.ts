/** Time that this process was given by the machine: bounds on it hold however busy the machine is with others. */

/** Returns what tells the milliseconds of processor time, of all threads, since then. */
export function cpuClock(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}
