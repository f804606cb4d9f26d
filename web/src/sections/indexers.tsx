/** Sources of the user's own: Prowlarr and Jackett servers, and single Torznab and Newznab endpoints. */
import { objectsOf } from '../lib/json.ts';
import { headersText, numbersText, parseHeaders, parseNumbers } from '../lib/texts.ts';
import { fieldId } from '../lib/field-path.ts';
import { managerUse, withManagerUse, type ManagerUse } from '../lib/sources.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useRowKeys } from '../state/use-row-keys.ts';
import { DraftField, type Parsed } from '../ui/draft-field.tsx';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton, Rows } from '../ui/rows.tsx';
import { Disclosure } from '../ui/section.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';
import { TestSource } from './test-source.tsx';

const FEEDS_MAX = 20;

export function Indexers() {
  return (
    <>
      <p className="hint">
        Asked for you alone, at public addresses: what they find is in nobody else&rsquo;s list, and
        their keys are sealed in your install address.
      </p>
      <div className="disclosures">
        <Server path="ic.pr" kind="pr" name="Prowlarr" />
        <Server path="ic.jk" kind="jk" name="Jackett" />
        <Feeds path="ic.tz" kind="tz" name="Torznab" />
        <Feeds path="ic.nz" kind="nz" name="Newznab" />
      </div>
    </>
  );
}

const USES: Readonly<Record<ManagerUse, string>> = {
  shared: "This server's",
  own: 'My own',
  off: 'Off',
};

interface ServerProps {
  readonly path: string;
  readonly kind: 'pr' | 'jk';
  readonly name: string;
}

function Server({ path, kind, name }: ServerProps) {
  const { sources } = useOptions();
  const field = useField(path);
  const isShared = sources.shared.includes(name.toLowerCase());
  const chosen = managerUse(field.value);
  const use = chosen === 'shared' && !isShared ? 'off' : chosen;
  const uses: readonly ManagerUse[] = isShared ? ['shared', 'own', 'off'] : ['off', 'own'];
  // Where the server has none there is nothing to switch off.
  const set = (value: ManagerUse) =>
    field.set(withManagerUse(field.value, value === 'off' && !isShared ? 'shared' : value));
  return (
    <Disclosure title={name} summary={USES[use]}>
      <div role="group" aria-label={name} className="stack">
        <Segmented
          id={field.id}
          label={`Which ${name} is searched for you`}
          choices={uses.map((value) => ({ value, label: USES[value] }))}
          value={use}
          onChange={(value) => set(uses.find((known) => known === value) ?? 'off')}
          problem={field.problem}
        />
        {use === 'own' && (
          <>
            <TextField
              path={`${path}.u`}
              label={`${name} address`}
              type="url"
              placeholder="https://"
              required
            />
            <TextField path={`${path}.ak`} label={`${name} API key`} type="secret" required />
            <TestSource path={path} kind={kind} name={name} />
          </>
        )}
      </div>
    </Disclosure>
  );
}

interface FeedsProps {
  readonly path: string;
  readonly kind: 'tz' | 'nz';
  readonly name: string;
}

function Feeds({ path, kind, name }: FeedsProps) {
  const field = useField(path);
  const entries = objectsOf(field.value);
  const rows = useRowKeys(entries.length);
  const add = () =>
    changeThenFocus(
      () => field.set([...entries, { i: freshId(), n: `${name} ${entries.length + 1}` }]),
      () => document.getElementById(fieldId(`${path}[${entries.length}].n`)),
    );
  const remove = (index: number) => {
    rows.remove(index);
    field.set(entries.length === 1 ? undefined : entries.toSpliced(index, 1));
  };
  return (
    <Disclosure
      title={name}
      summary={entries.length === 0 ? 'None' : `${entries.length} of at most ${FEEDS_MAX}`}
    >
      {kind === 'nz' && (
        <p className="hint">
          What they find plays through SABnzbd, NZBGet, NzbDAV, or TorBox with Usenet switched on.
        </p>
      )}
      <Rows>
        {entries.map((entry, index) => {
          const title = typeof entry['n'] === 'string' ? entry['n'] : `${name} ${index + 1}`;
          return (
            <div
              key={rows.keys[index]}
              className="feed stack"
              role="group"
              aria-label={`${name} indexer ${index + 1}`}
            >
              <div className="provider-head">
                <strong>{title}</strong>
                <span className="spacer" />
                <SwitchField
                  path={`${path}[${index}].en`}
                  label={`Enable ${title}`}
                  fallback
                  hideLabel
                />
                <RemoveButton name={title} onRemove={() => remove(index)} />
              </div>
              <FeedFields path={`${path}[${index}]`} kind={kind} />
              <TestSource path={`${path}[${index}]`} kind={kind} name={title} />
            </div>
          );
        })}
        <Problem id={field.id} message={field.problem} />
        <button
          type="button"
          className="button"
          data-adds=""
          onClick={add}
          disabled={entries.length >= FEEDS_MAX}
        >
          <Icon name="plus" />
          Add {name} indexer
        </button>
      </Rows>
    </Disclosure>
  );
}

function FeedFields({ path, kind }: Pick<FeedsProps, 'path' | 'kind'>) {
  return (
    <>
      <TextField path={`${path}.n`} label="Name" />
      <TextField
        path={`${path}.u`}
        label="Address"
        type="url"
        placeholder={kind === 'tz' ? 'https://host/api?apikey=…' : 'https://host/api'}
        required
        {...(kind === 'tz' ? { hint: 'With its key, if it has one.' } : {})}
      />
      {kind === 'nz' && <TextField path={`${path}.ak`} label="API key" type="secret" />}
      {kind === 'nz' ? (
        <>
          <Categories path={`${path}.mc`} label="Film categories" />
          <Categories path={`${path}.tc`} label="Series categories" />
        </>
      ) : (
        <>
          <Categories path={`${path}.c`} label="Categories" />
          <DraftField
            path={`${path}.h`}
            label="HTTP headers"
            hint="One a line: Name: value"
            rows={2}
            parse={headers}
            format={headersText}
          />
        </>
      )}
    </>
  );
}

function Categories({ path, label }: { readonly path: string; readonly label: string }) {
  return (
    <DraftField
      path={path}
      label={label}
      placeholder="2000, 5000"
      parse={categories}
      format={numbersText}
    />
  );
}

function categories(text: string): Parsed {
  const numbers = parseNumbers(text);
  return numbers === null
    ? { problem: 'expected numbers with commas between them' }
    : { value: numbers };
}

function headers(text: string): Parsed {
  const parsed = parseHeaders(text);
  return parsed === null ? { problem: 'expected lines such as X-Key: value' } : { value: parsed };
}

/** Names an entry for other clients: 32 random bits among at most 20 entries. */
function freshId(): string {
  return [...crypto.getRandomValues(new Uint8Array(4))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
