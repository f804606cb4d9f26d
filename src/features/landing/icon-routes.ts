/** The logo in the forms that clients and browsers ask for: read once at start, served from memory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Representation } from '../../http/representation.ts';
import type { Reply, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { LOGO_PATH } from './contract.ts';

const CACHE_CONTROL = 'public, max-age=86400';
const TIMEOUT_MS = 5000;
const ICONS = [
  { path: LOGO_PATH, name: 'logo', contentType: 'image/png', compressible: false },
  { path: '/favicon.ico', name: 'favicon', contentType: 'image/x-icon', compressible: false },
  { path: '/favicon.svg', name: 'favicon-svg', contentType: 'image/svg+xml', compressible: true },
] as const;

/** Finished answers by path. */
export type Icons = ReadonlyMap<string, Reply>;

/** @param directory absolute; must hold a file for each icon */
export async function readIcons(directory: string): Promise<Icons> {
  return new Map(
    await Promise.all(
      ICONS.map(async ({ path, contentType, compressible }) => {
        const bytes = await readFile(join(directory, path));
        const representation = new Representation(bytes, {
          contentType,
          cacheControl: CACHE_CONTROL,
          compressible,
        });
        return [path, { status: 200, representation }] as const;
      }),
    ),
  );
}

/** Rows of the route table for the icons. */
export function iconRoutes(icons: Icons): readonly Route[] {
  return ICONS.map(({ path, name }) => ({
    pattern: path,
    name,
    access: 'open',
    traffic: 'page',
    cachePolicy: CACHE_CONTROL,
    timeoutMs: TIMEOUT_MS,
    handler: () => iconOf(icons, path),
  }));
}

function iconOf(icons: Icons, path: string): Reply {
  const reply = icons.get(path);
  if (reply === undefined) throw new AppError('request.not-found', 'there is no such file');
  return reply;
}
