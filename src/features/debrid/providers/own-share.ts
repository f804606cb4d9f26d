/** The WebDAV share beside a download client of the user's. */
import { AppError } from '../../../lib/errors.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import { openPersonal, type DebridTools } from '../open-service.ts';
import { WebDavShare } from '../webdav-share.ts';

/**
 * @param prefix of the client's fields: `qbc`
 * @param folders of the share that downloads are in
 * @param fallback its address where the user has entered none
 * @throws AppError `debrid.no-credentials`
 */
export function openShare(
  entry: ServiceEntry,
  prefix: string,
  folders: readonly string[],
  tools: DebridTools,
  fallback = '',
): WebDavShare {
  const url = entry.text(`${prefix}.wur`) || fallback;
  const { name } = entry.service;
  if (!URL.canParse(url))
    throw new AppError('debrid.no-credentials', `${name} needs: WebDAV address`);
  return new WebDavShare({
    name,
    url,
    user: entry.text(`${prefix}.wus`),
    password: entry.text(`${prefix}.wpw`),
    folders,
    upstream: openPersonal('webdav', url, entry.accountKey, tools),
  });
}
