/** The documents of the repository, taken apart: fenced blocks, code in sentences, links. */
import { readFile } from 'node:fs/promises';
import { trackedFiles } from './tracked-files.ts';

export interface DocumentFile {
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  /** Path and line of its first line: `docs/errors.md:7`. */
  readonly place: string;
  /** What stands behind the fence; empty for plain text. */
  readonly language: string;
  readonly text: string;
  /** Of `<!-- not run: reason -->` on the line before the block; null when it is to be run. */
  readonly notRunBecause: string | null;
}

const NOT_RUN = /^<!-- not run: (.+) -->$/;

/** What is kept up to date; the others are results of measurements, records of their day. */
const LIVING = /^(README|CONTRIBUTING|CHANGELOG|findings\/README|docs\/.*)\.md$/;

export async function documents(pattern = LIVING): Promise<DocumentFile[]> {
  const paths = await trackedFiles(pattern);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

/** Every fenced block, in order. */
export function blocksOf({ path, text }: DocumentFile): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(.*)$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`${path}:${at + 1}: the block has no end`);
    const mark = NOT_RUN.exec(lines[at - 1] ?? '');
    blocks.push({
      place: `${path}:${at + 2}`,
      language: (fence[1] ?? '').trim(),
      text: lines.slice(at + 1, end).join('\n'),
      notRunBecause: mark?.[1] ?? null,
    });
    at = end;
  }
  return blocks;
}

/** Without its fenced blocks: what is said in sentences and tables. */
export function proseOf({ text }: DocumentFile): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** What stands in single backticks. */
export function inlineCodeOf(document: DocumentFile): string[] {
  return [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The commands of a shell block: comments and output left out, lines that end in a backslash joined. */
export function commandsOf(block: CodeBlock): string[] {
  return block.text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/\s+#\s.*$/, '')
        .replace(/^\$ /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'));
}
