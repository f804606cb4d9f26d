/** Asks what stands in the form, and says in words whether it works. */
import { useMutation } from '@tanstack/react-query';
import { testMediaflow, testSource } from '../api/calls.ts';
import type { SourceTest } from '../api/contract.ts';
import { ApiError } from '../api/http.ts';
import type { Source } from '../lib/editor-state.ts';
import { parsePath, valueAt } from '../lib/field-path.ts';
import { isJsonObject, sameJson, type JsonObject } from '../lib/json.ts';
import { sourceToTest, type SourceKey } from '../lib/sources.ts';
import { editorState, useEditor } from '../state/editor-store.ts';
import { Icon } from '../ui/icon.tsx';

interface Props {
  /** Of the entry: `ic.pr`, `ic.tz[1]`. */
  readonly path: string;
  /** As people read it, behind "Test". */
  readonly name: string;
}

export function TestSource({ kind, ...props }: Props & { readonly kind: SourceKey }) {
  return (
    <TestSettings
      {...props}
      ask={(tested, source) => testSource(sourceToTest(kind, tested), source)}
    />
  );
}

/** Nothing to ask while there is no address. */
export function TestMediaflow({ path, name }: Props) {
  const address = useEditor(({ config }) => valueAt(config, `${path}.pu`));
  return typeof address === 'string' && address !== '' ? (
    <TestSettings path={path} name={name} ask={testMediaflow} />
  ) : null;
}

interface TestProps extends Props {
  readonly ask: (tested: JsonObject, source: Source | null) => Promise<SourceTest>;
}

/** What was said holds for what was tested: it goes when the entry is changed. */
function TestSettings({ path, name, ask }: TestProps) {
  const entry = useEditor(({ config }) => valueAt(config, path));
  const test = useMutation({
    mutationFn: (tested: JsonObject) => ask(tested, editorState().source),
    retry: false,
  });
  const isOfEntry = sameJson(test.variables, entry);
  const run = () => {
    if (!test.isPending) test.mutate(isJsonObject(entry) ? entry : {});
  };
  return (
    <div className="test-source">
      <button
        type="button"
        className="button"
        aria-label={`Test ${name}`}
        aria-disabled={test.isPending}
        onClick={run}
      >
        {test.isPending ? 'Testing…' : 'Test'}
      </button>
      <p role="status" className="test-result">
        {test.isPending && <span className="visually-hidden">Testing {name}</span>}
        {!test.isPending && isOfEntry && <Outcome {...outcomeOf(test)} />}
      </p>
    </div>
  );
}

interface OutcomeProps {
  readonly works: boolean | null;
  readonly message: string;
}

function Outcome({ works, message }: OutcomeProps) {
  if (works === null) return null;
  return (
    <span className={works ? 'test-works' : 'problem'}>
      <Icon name={works ? 'check' : 'alert'} />
      <span>
        {works ? 'Works: ' : 'Does not work: '}
        {message}
      </span>
    </span>
  );
}

function outcomeOf({
  data,
  error,
}: {
  readonly data: { readonly working: boolean; readonly message: string } | undefined;
  readonly error: Error | null;
}): OutcomeProps {
  if (error !== null) return { works: false, message: reasonOf(error) };
  return data === undefined
    ? { works: null, message: '' }
    : { works: data.working, message: data.message };
}

const LABELS: Readonly<Record<string, string>> = {
  u: 'Address',
  ak: 'API key',
  pu: 'Address',
  ap: 'Password',
  h: 'HTTP headers',
  c: 'Categories',
};

/** `Address: is missing` for what the form itself shows to be wrong. */
function reasonOf(error: Error): string {
  const problems = error instanceof ApiError ? error.problems : [];
  if (problems.length === 0) return error.message;
  return problems
    .map(({ field, message }) => {
      const key = parsePath(field).findLast(
        (step) => typeof step === 'string' && LABELS[step] !== undefined,
      );
      return `${LABELS[key ?? ''] ?? field}: ${message}`;
    })
    .join('; ');
}
