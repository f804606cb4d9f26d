/** Which process of this machine listens on a TCP port, read from /proc (Linux only). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';
/** Containers' ports belong to a proxy: its CPU time is not the server's. */
const PROXIES: ReadonlySet<string> = new Set([
  'docker-proxy',
  'rootlessport',
  'slirp4netns',
  'pasta',
  'conmon',
]);

/** Null when none is found, when several share the port, or when it is a container's proxy. */
export function processListeningOn(port: number): number | null {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)),
  );
  if (sockets.size === 0) return null;
  const owners = processIds().filter((pid) => ownsAnyOf(pid, sockets));
  const [owner] = owners;
  return owners.length !== 1 || owner === undefined || PROXIES.has(nameOf(owner)) ? null : owner;
}

function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return linesOf(table).flatMap((line) => {
    const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === LISTEN && local.endsWith(`:${hexPort}`) ? [`socket:[${inode}]`] : [];
  });
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Processes end while this looks, and those of other users are closed to it. */
function ownsAnyOf(pid: number, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((descriptor) => sockets.has(linkOf(`${folder}/${descriptor}`)));
  } catch {
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
