/** The door of the videos that say to a viewer what went wrong. */
import { packagePath } from '../../platform/config/package-root.ts';
import type { Feature } from '../feature.ts';
import { readVideos, videoRoute } from './routes.ts';

export async function createExceptionVideos(): Promise<Feature> {
  return { routes: [videoRoute(await readVideos(packagePath('assets/exceptions')))] };
}
