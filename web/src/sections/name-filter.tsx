/** Patterns that release names must match, or must not; and a place to try them. */
import { useState } from 'react';
import { ApiError } from '../api/http.ts';
import { useNameResults, useSampleNames } from '../api/queries.ts';
import { fieldId, parsePath } from '../lib/field-path.ts';
import { listOf, type JsonValue } from '../lib/json.ts';
import { useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useRowKeys } from '../state/use-row-keys.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton, Rows } from '../ui/rows.tsx';
import { Part, Section } from '../ui/section.tsx';
import { SegmentedField } from '../ui/segmented.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';

const NAMES_MAX = 200;
const NAME_CHARS_MAX = 300;
const EXAMPLES_MAX = 12;

export function NameFilter() {
  const isIdle = useEditor(
    ({ config }) =>
      (config['snfm'] ?? 'disabled') === 'disabled' && listOf(config['snfp']).length > 0,
  );
  return (
    <Section
      id="name-filter"
      title="Name filter"
      lede="Keeps or leaves out streams by the name of their release."
    >
      <SegmentedField
        path="snfm"
        label="Streams that match"
        {...(isIdle ? { hint: 'The filter is off: the patterns below do nothing.' } : {})}
        choices={[
          { value: 'disabled', label: 'Filter off' },
          { value: 'include', label: 'Keep only' },
          { value: 'exclude', label: 'Leave out' },
        ]}
      />
      <Patterns />
      <SwitchField
        path="snfr"
        label="Regular expressions"
        hint="RE2 syntax: no look-around, no back-references. Off: plain text, case does not matter."
      />
      <Tester />
    </Section>
  );
}

function Patterns() {
  const { limits } = useOptions();
  const field = useField('snfp');
  const patterns = listOf(field.value);
  const rows = useRowKeys(patterns.length);
  const remove = (index: number) => {
    rows.remove(index);
    field.set(patterns.toSpliced(index, 1));
  };
  const add = () =>
    changeThenFocus(
      () => field.set([...patterns, '']),
      () => document.getElementById(fieldId(`snfp[${patterns.length}]`)),
    );
  return (
    <Part title="Patterns">
      <Rows>
        {patterns.map((_pattern, index) => (
          <div className="pattern" key={rows.keys[index]}>
            <TextField
              path={`snfp[${index}]`}
              label={`Pattern ${index + 1}`}
              charsMax={limits.patternCharsMax}
              isListItem
            />
            <RemoveButton name={`pattern ${index + 1}`} onRemove={() => remove(index)} />
          </div>
        ))}
        <Problem id={field.id} message={field.problem} />
        <div className="add-row">
          <button
            type="button"
            className="button"
            data-adds=""
            disabled={patterns.length >= limits.patternsMax}
            onClick={add}
          >
            <Icon name="plus" />
            Add pattern
          </button>
          <span className="hint">
            {patterns.length} of {limits.patternsMax}, each up to {limits.patternCharsMax}{' '}
            characters; one match is enough.
          </span>
        </div>
      </Rows>
    </Part>
  );
}

function Tester() {
  const releases = useSampleNames();
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? releases.slice(0, EXAMPLES_MAX).join('\n');
  const names = text
    .split('\n')
    .map((name) => name.trim().slice(0, NAME_CHARS_MAX))
    .filter((name) => name !== '')
    .slice(0, NAMES_MAX);
  return (
    <Part title="Try it">
      <div className="tester">
        <div className="field">
          <label className="field-label" htmlFor="test-names">
            Release names, one a line
          </label>
          <textarea
            id="test-names"
            className="input code"
            rows={8}
            value={text}
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
        </div>
        <Results names={names} />
      </div>
    </Part>
  );
}

function Results({ names }: { readonly names: readonly string[] }) {
  const mode = useEditor(({ config }) => config['snfm'] ?? 'disabled');
  const regex = useEditor(({ config }) => config['snfr'] ?? false);
  const patterns = useEditor(({ config }) => config['snfp']);
  const snfp = listOf(patterns).filter((pattern: JsonValue) => pattern !== '');
  const { data, error } = useNameResults({ snfm: mode, snfr: regex, snfp }, names);
  const kept = data?.filter((result) => result.kept).length ?? 0;
  return (
    <div className="tester-results">
      <p role="status" className="field-label">
        {error !== null
          ? 'The patterns have a mistake'
          : data === undefined
            ? 'Nothing to try'
            : `${kept} of ${data.length} kept`}
      </p>
      {error !== null && <p className="problem">{filterProblem(error)}</p>}
      {error === null && data !== undefined && (
        <ul className="results" aria-label="Name filter results">
          {data.map(({ name, kept: isKept }, index) => (
            <li key={`${index}-${name}`} className={isKept ? '' : 'is-dropped'}>
              <span className={`verdict ${isKept ? 'kept' : 'dropped'}`}>
                {isKept ? 'kept' : 'left out'}
              </span>
              <code>{name}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** `Pattern 2: …` for a mistake in one of them. */
function filterProblem(error: Error): string {
  const problems = error instanceof ApiError ? error.problems : [];
  if (problems.length === 0) return error.message;
  return problems
    .map(({ field, message }) => {
      const index = parsePath(field)[1];
      return `${typeof index === 'number' ? `Pattern ${index + 1}` : field}: ${message}`;
    })
    .join(' ');
}
