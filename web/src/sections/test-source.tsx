/** The tests of a source of one's own, and of one's MediaFlow proxy. */
import { testMediaflow, testSource } from '../api/calls.ts';
import { valueAt } from '../lib/field-path.ts';
import { sourceToTest, type SourceKey } from '../lib/sources.ts';
import { editorState, useEditor } from '../state/editor-store.ts';
import { TestEntry } from './test-entry.tsx';

interface Props {
  /** Of the entry: `ic.pr`, `ic.tz[1]`. */
  readonly path: string;
  /** As people read it, behind "Test". */
  readonly name: string;
}

const LABELS: Readonly<Record<string, string>> = {
  u: 'Address',
  ak: 'API key',
  pu: 'Address',
  ap: 'Password',
  h: 'HTTP headers',
  c: 'Categories',
};

export function TestSource({ kind, ...props }: Props & { readonly kind: SourceKey }) {
  return (
    <TestEntry
      {...props}
      labels={LABELS}
      test={(entry) => testSource(sourceToTest(kind, entry), editorState().source)}
    />
  );
}

/** Nothing to ask while there is no address. */
export function TestMediaflow(props: Props) {
  const address = useEditor(({ config }) => valueAt(config, `${props.path}.pu`));
  return typeof address === 'string' && address !== '' ? (
    <TestEntry
      {...props}
      labels={LABELS}
      test={(entry) => testMediaflow(entry, editorState().source)}
    />
  ) : null;
}
