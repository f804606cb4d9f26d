/**
 * What a request makes is made in the young generation, and ends there: V8 learns from a filling cache to make look-ups in
 * the old one, where each request then left garbage with 80 KB of buffers (docs/memory.md).
 */
import { setFlagsFromString } from 'node:v8';

/** To be called once, before the program has made much: V8 asks when it learns and when it compiles. */
export function allocateYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
