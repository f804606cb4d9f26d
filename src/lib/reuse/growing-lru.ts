/** For the many caches of a process that mostly hold little: `max` of lru-cache reserves the room of all entries at once. */

/** Options of an `LRUCache` that grows with its entries. @returns a bound of `entriesMax` */
export function growsTo(entriesMax: number): {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
} {
  return { maxSize: entriesMax, sizeCalculation: one };
}

function one(): number {
  return 1;
}
