/** Indexers of the user's own: Prowlarr and Jackett servers, and single Torznab and Newznab feeds. */
import { objectsOf } from '../lib/json.ts';
import { headersText, numbersText, parseHeaders, parseNumbers } from '../lib/texts.ts';
import { fieldId } from '../lib/field-path.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useRowKeys } from '../state/use-row-keys.ts';
import { DraftField, type Parsed } from '../ui/draft-field.tsx';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton, Rows } from '../ui/rows.tsx';
import { Disclosure } from '../ui/section.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';

const FEEDS_MAX = 20;
const SERVERS: Readonly<Record<string, string>> = { pr: 'Prowlarr', jk: 'Jackett' };
const FEEDS: Readonly<Record<string, string>> = { tz: 'Torznab', nz: 'Newznab' };

export function Indexers() {
  const { indexerKinds } = useOptions();
  return (
    <div className="disclosures">
      {indexerKinds.map((kind) => {
        const server = SERVERS[kind];
        const feed = FEEDS[kind];
        if (server !== undefined) return <Server key={kind} path={`ic.${kind}`} name={server} />;
        return feed === undefined ? null : (
          <Feeds key={kind} path={`ic.${kind}`} kind={kind} name={feed} />
        );
      })}
    </div>
  );
}

function Server({ path, name }: { readonly path: string; readonly name: string }) {
  const enabled = useField(`${path}.en`).value === true;
  return (
    <Disclosure title={name} summary={enabled ? 'On' : 'Off'}>
      <div role="group" aria-label={name} className="stack">
        <SwitchField path={`${path}.en`} label={`Use ${name}`} />
        <SwitchField
          path={`${path}.ug`}
          label={`Use this server's ${name}, where it has one`}
          fallback
        />
        <TextField path={`${path}.u`} label={`${name} address`} type="url" placeholder="https://" />
        <TextField path={`${path}.ak`} label={`${name} API key`} type="secret" />
      </div>
    </Disclosure>
  );
}

interface FeedsProps {
  readonly path: string;
  readonly kind: string;
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

function FeedFields({ path, kind }: { readonly path: string; readonly kind: string }) {
  return (
    <>
      <TextField path={`${path}.n`} label="Name" />
      <TextField path={`${path}.u`} label="Address" type="url" placeholder="https://" required />
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
