/**
 * Loads the build of uWebSockets.js that runs here, or says why none does. What other builds were checked for, and why they
 * are left out: docs/decisions/0005-http-front-end.md.
 */
import { StartError } from '../lib/start-error.ts';

export interface Runtime {
  /** `22.23.5` */
  readonly node: string;
  /** `linux`, `darwin` … */
  readonly platform: string;
  /** `2.36`; undefined where the C library is another one. Costs 10 ms. */
  glibc(): string | undefined;
}

export interface UwsBuild {
  readonly packageName: string;
  readonly nodeMajors: readonly number[];
  /** Major and minor version, on Linux. */
  readonly glibcMin: readonly [number, number];
  load(): Promise<object>;
}

export const UWS_BUILD: UwsBuild = {
  packageName: 'uws-pack',
  nodeMajors: [20, 22],
  glibcMin: [2, 27],
  load: () => import('uWebSockets.js'),
};

/** @throws StartError in one line: what does not fit, and what would */
export function assertBuildFits(runtime: Runtime = thisRuntime): void {
  const { nodeMajors, glibcMin } = UWS_BUILD;
  if (!nodeMajors.includes(Number(runtime.node.split('.')[0]))) {
    throw new StartError(
      `Node ${runtime.node} is not supported: expected Node 22 (from 22.12) or 20 (from 20.19); ` +
        'uWebSockets.js has no build for others that bounds its memory',
    );
  }
  if (runtime.platform !== 'linux') return;
  const glibc = runtime.glibc();
  if (glibc !== undefined && isAtLeast(glibc, glibcMin)) return;
  throw new StartError(
    `${glibc === undefined ? 'A Linux without glibc (musl?)' : `glibc ${glibc}`} is not supported: ` +
      `expected glibc ${glibcMin.join('.')} or later (Debian 10, Ubuntu 18.04 and what came after them)`,
  );
}

/** The native module. @throws StartError when the build does not fit, or cannot be loaded */
export async function loadBinary(): Promise<object> {
  assertBuildFits();
  try {
    return await UWS_BUILD.load();
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const where = `Node ${process.versions.node} on ${process.platform}-${process.arch}`;
    throw new StartError(
      `uWebSockets.js (${UWS_BUILD.packageName}) cannot be loaded by ${where}: ${reason}`,
    );
  }
}

/** Read once, before anything is connected: with open connections, a report asks for the names of their peers. */
let glibcHere: { readonly version: string | undefined } | null = null;

const thisRuntime: Runtime = {
  node: process.versions.node,
  platform: process.platform,
  glibc: () => (glibcHere ??= { version: readGlibc() }).version,
};

function readGlibc(): string | undefined {
  const report: object = process.report.getReport();
  const header = 'header' in report ? report.header : null;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header))
    return undefined;
  return String(header.glibcVersionRuntime);
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
