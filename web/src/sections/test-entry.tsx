/** Asks the server whether one entry of the form works as it stands there, and says in words what came of it. */
import { useMutation } from '@tanstack/react-query';
import type { TestResult } from '../api/contract.ts';
import { ApiError } from '../api/http.ts';
import { parsePath, valueAt } from '../lib/field-path.ts';
import { isJsonObject, sameJson, type JsonObject } from '../lib/json.ts';
import { useEditor } from '../state/editor-store.ts';
import { Icon } from '../ui/icon.tsx';

interface Props {
  /** Of the entry: `ic.pr`, `sps[1]`. */
  readonly path: string;
  /** As people read it, behind "Test". */
  readonly name: string;
  readonly test: (entry: JsonObject) => Promise<TestResult>;
  /** Of fields, by the last step of their path. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What was said holds for what was tested: it goes when the entry is changed. */
export function TestEntry({ path, name, test: testEntry, labels }: Props) {
  const entry = useEditor(({ config }) => valueAt(config, path));
  const test = useMutation({ mutationFn: testEntry, retry: false });
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
        {!test.isPending && isOfEntry && <Outcome {...outcomeOf(test, labels)} />}
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

interface Tested {
  readonly data: TestResult | undefined;
  readonly error: Error | null;
}

function outcomeOf({ data, error }: Tested, labels: Props['labels']): OutcomeProps {
  if (error !== null) return { works: false, message: reasonOf(error, labels) };
  return data === undefined
    ? { works: null, message: '' }
    : { works: data.working, message: data.message };
}

/** `Address: is missing` for what the form itself shows to be wrong. */
function reasonOf(error: Error, labels: Props['labels']): string {
  const problems = error instanceof ApiError ? error.problems : [];
  if (problems.length === 0) return error.message;
  return problems
    .map(({ field, message }) => {
      const key = parsePath(field).findLast(
        (step) => typeof step === 'string' && labels[step] !== undefined,
      );
      return `${labels[key ?? ''] ?? field}: ${message}`;
    })
    .join('; ');
}
