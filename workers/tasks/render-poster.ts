/** Task `poster.render`. */
import type { TaskHandler } from '../contract.ts';

export const renderPoster: TaskHandler<'poster.render'> = async () => {
  return { bytes: new Uint8Array(1), artworkUsed: false };
};
