/** WebDAV as rclone, Apache and nginx answer it: one tree of files, three ways to list it. */
import type { Answer, Asked } from './fake-upstream.ts';

export type WebDavStyle = 'rclone' | 'apache' | 'nginx';

export interface SharedFile {
  /** With folders, no slash at the beginning. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface WebDavOptions {
  /** Path that the share begins at: `/dav`. */
  readonly root: string;
  readonly style?: WebDavStyle;
  /** `user:password` that listings, and files unless `filesAreOpen`, are given for. */
  readonly login?: string;
  readonly filesAreOpen?: boolean;
}

const PROPERTIES: Readonly<Record<WebDavStyle, string>> = {
  rclone: 'D',
  apache: 'lp1',
  nginx: 'D',
};

export function webDavAnswer(
  { method, path, headers }: Asked,
  files: readonly SharedFile[],
  options: WebDavOptions,
): Answer {
  const { root, login, filesAreOpen = false, style = 'rclone' } = options;
  const below = path.slice(root.length).replace(/^\/+|\/+$/g, '');
  const file = files.find((one) => one.path === below);
  const isOpen =
    login === undefined || (filesAreOpen && file !== undefined && method !== 'PROPFIND');
  const basic = `Basic ${Buffer.from(login ?? '').toString('base64')}`;
  if (!isOpen && headers.authorization !== basic)
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="share"' } };
  const inFolder = files.filter((one) => below === '' || one.path.startsWith(`${below}/`));
  const isThere = below === '' || inFolder.length > 0;
  if (file === undefined && !isThere) return { status: 404, body: 'Not Found' };
  if (method !== 'PROPFIND') return file === undefined ? folderPage(style) : fileHead(file);
  const { depth } = headers;
  if (depth !== '0' && depth !== '1' && style === 'apache')
    return { status: 403, contentType: 'text/html', body: '<html>PropfindFiniteDepth</html>' };
  const rows = file === undefined ? listed(below, inFolder, depth !== '1') : [file];
  return {
    status: 207,
    contentType: 'text/xml; charset=utf-8',
    body: multistatus(rows, options, path.endsWith('/')),
  };
}

function fileHead({ sizeBytes }: SharedFile): Answer {
  return {
    contentType: 'video/mp4',
    headers: { 'accept-ranges': 'bytes', 'content-length': String(sizeBytes) },
  };
}

function folderPage(style: WebDavStyle): Answer {
  return style === 'nginx'
    ? { status: 403, contentType: 'text/html', body: '<html>403</html>' }
    : { contentType: 'text/html', body: '<html>Index</html>' };
}

type Row = SharedFile | { readonly path: string };

/** The folder itself, then what is in it: files, and folders once each. */
function listed(below: string, files: readonly SharedFile[], isWhole: boolean): readonly Row[] {
  const skip = below === '' ? 0 : below.length + 1;
  const rows = new Map<string, Row>();
  for (const file of files) {
    const parts = file.path.slice(skip).split('/');
    const prefix = file.path.slice(0, skip);
    for (let count = 1; count < parts.length; count++) {
      const path = prefix + parts.slice(0, count).join('/');
      if (count === 1 || isWhole) rows.set(path, { path });
    }
    if (parts.length === 1 || isWhole) rows.set(file.path, file);
  }
  return [{ path: below }, ...rows.values()];
}

function multistatus(
  rows: readonly Row[],
  { root, style = 'rclone' }: WebDavOptions,
  hadSlash: boolean,
): string {
  const prefix = PROPERTIES[style];
  const responses = rows.map((row, index) => {
    const isFolder = !('sizeBytes' in row);
    const keepsSlash = index > 0 || hadSlash || style !== 'nginx';
    const path = row.path === '' ? '' : `/${row.path}`;
    const href = encodedFor(style, `${root}${path}${isFolder && keepsSlash ? '/' : ''}`);
    const kind = isFolder ? '<D:collection xmlns:D="DAV:"/>' : '';
    const size = isFolder
      ? ''
      : `<${prefix}:getcontentlength>${row.sizeBytes}</${prefix}:getcontentlength>`;
    return (
      `<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/"><D:href>${href}</D:href>` +
      `<D:propstat><D:prop><${prefix}:resourcetype>${kind}</${prefix}:resourcetype>${size}` +
      `<D:supportedlock><D:lockentry><D:href>/elsewhere</D:href></D:lockentry></D:supportedlock>` +
      `</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
    );
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">${responses.join('')}</D:multistatus>`;
}

/** Brackets: `%5B`, `%5b`, `[`. */
function encodedFor(style: WebDavStyle, path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  if (style === 'apache') return encoded.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase());
  return style === 'nginx'
    ? encoded.replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll("'", '&apos;')
    : encoded;
}
