/** The folder itself: writes what differs, knows which files are its own, and deletes none that no preview has named. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { AppError } from '../../../lib/errors.ts';

/** One path a line, of every file that was written here. */
const MANIFEST = '.sluice-strm';
const NAMED_MAX = 100;
const OWN_FILE = /\.(?:strm|nfo)$/;

export interface StaleFiles {
  readonly files: number;
  readonly deletion: string;
  readonly first: readonly string[];
  readonly deleted: number;
}

export class StrmFolder implements AsyncDisposable {
  readonly #root: string;
  readonly #isPreview: boolean;
  /** Of a million paths as numbers: texts would be ten times as large. */
  readonly #expected = new Set<number>();
  readonly #known = new Set<number>();
  readonly #kept: string[] = [];
  #added: WriteStream | null = null;
  written = 0;
  unchanged = 0;

  private constructor(root: string, isPreview: boolean) {
    this.#root = root;
    this.#isPreview = isPreview;
  }

  /** @throws AppError `iptv.bad-folder` unless there is such a folder */
  static async open(path: string, isPreview: boolean): Promise<StrmFolder> {
    const root = resolve(path);
    const found = await stat(root).catch(() => null);
    if (found?.isDirectory() !== true)
      throw new AppError('iptv.bad-folder', `${path}: expected a folder that exists`);
    const folder = new StrmFolder(root, isPreview);
    for await (const known of folder.#manifest()) folder.#known.add(hashOf(known));
    return folder;
  }

  /** @param path within the folder, of names that `lib/strm/names.ts` made */
  async put(path: string, text: string): Promise<void> {
    const hash = hashOf(path);
    this.#expected.add(hash);
    const file = join(this.#root, path);
    const present = await readFile(file, 'utf8').catch(() => null);
    if (present === text) this.unchanged++;
    else this.written++;
    if (this.#isPreview || (present === text && this.#known.has(hash))) return;
    if (!this.#known.has(hash)) this.#claim(path, hash);
    if (present === text) return;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Whatever lies below stays, and is not stale. */
  keep(path: string): void {
    this.#kept.push(`${path}/`);
  }

  /** @param deletion what a preview has said of the very same files */
  async finish(deletion: string): Promise<StaleFiles> {
    await this.#closeAdded();
    const digest = createHash('sha256');
    const first: string[] = [];
    let files = 0;
    for await (const path of this.#stale()) {
      files++;
      digest.update(`${path}\n`);
      if (first.length < NAMED_MAX) first.push(path);
    }
    const said = files === 0 ? '' : digest.digest('hex').slice(0, 16);
    const isDeleting = said !== '' && deletion === said && !this.#isPreview;
    let deleted = 0;
    if (isDeleting)
      for await (const path of this.#stale()) {
        await this.#delete(path);
        deleted++;
      }
    if (isDeleting) await this.#rewriteManifest();
    const left = isDeleting
      ? { files: 0, deletion: '', first: [] }
      : { files, deletion: said, first };
    return { ...left, deleted };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeAdded();
  }

  /** Before the file is written: a run that breaks off leaves no file of nobody. */
  #claim(path: string, hash: number): void {
    this.#known.add(hash);
    this.#added ??= createWriteStream(join(this.#root, MANIFEST), { flags: 'a' });
    this.#added.write(`${path}\n`);
  }

  async #closeAdded(): Promise<void> {
    const added = this.#added;
    this.#added = null;
    if (added === null) return;
    added.end();
    await finished(added);
  }

  async *#stale(): AsyncIterable<string> {
    for await (const path of this.#manifest()) if (!this.#isExpected(path)) yield path;
  }

  #isExpected(path: string): boolean {
    return this.#expected.has(hashOf(path)) || this.#kept.some((kept) => path.startsWith(kept));
  }

  async *#manifest(): AsyncIterable<string> {
    const file = join(this.#root, MANIFEST);
    if ((await stat(file).catch(() => null)) === null) return;
    for await (const path of createInterface({ input: createReadStream(file) }))
      if (this.#isOwn(path)) yield path;
  }

  /** Nobody can name other files in the list. */
  #isOwn(path: string): boolean {
    return OWN_FILE.test(path) && resolve(this.#root, path).startsWith(this.#root + sep);
  }

  async #delete(path: string): Promise<void> {
    await rm(join(this.#root, path), { force: true });
    // Folders that are empty now, up to the root.
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const isEmpty = await rmdir(join(this.#root, folder)).then(
        () => true,
        () => false,
      );
      if (!isEmpty) return;
    }
  }

  async #rewriteManifest(): Promise<void> {
    const file = join(this.#root, MANIFEST);
    const next = createWriteStream(`${file}.new`);
    for await (const path of this.#manifest())
      if (this.#isExpected(path) && !next.write(`${path}\n`)) await once(next, 'drain');
    next.end();
    await finished(next);
    await rename(`${file}.new`, file);
  }
}

/** 52 bits. */
function hashOf(path: string): number {
  const bytes = createHash('sha1').update(path).digest();
  return bytes.readUIntBE(0, 6) * 16 + ((bytes[6] ?? 0) & 15);
}
