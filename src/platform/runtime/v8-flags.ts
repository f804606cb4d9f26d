/**
 * What a request makes is made in the young generation, and ends there. V8 watches where objects come from: when most of
 * one place outlive two scavenges, it makes all later ones of that place in the old generation. Filling a cache teaches it
 * that about look-ups and stream sets; from then on each request left garbage in the old generation that held its set, its
 * signals and 80 KB of array buffers until the next full collection. `stream-l2` at half of capacity: p95 10 to 22 ms
 * became 1.2 to 2.9, a scavenge 4 ms to 0.5, full collections 2 to 8 a second to none (docs/memory.md).
 */
import { setFlagsFromString } from 'node:v8';

/** To be called once, before the program has made much: V8 asks when it learns and when it compiles. */
export function allocateYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
