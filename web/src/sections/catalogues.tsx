/** Which catalogues the add-on has, in which order, and how each is sorted. */
import type { Catalog } from '../api/contract.ts';
import { catalogConfig, catalogRows } from '../lib/catalogs.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import { moved } from '../lib/reorder.ts';
import { ruleLabel } from '../lib/texts.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';
import { SwitchField } from '../ui/switch.tsx';

const TYPE_LABELS: Readonly<Record<string, string>> = { movie: 'Films', series: 'Series' };

export function Catalogues() {
  const { catalogs } = useOptions();
  const field = useField('cc');
  const ids = catalogs.map(({ id }) => id);
  const rows = catalogRows(field.value, ids);
  const save = (next: readonly JsonObject[]) => field.set(catalogConfig(next, ids));
  const change = (index: number, key: string, value: JsonValue | undefined) =>
    save(rows.map((row, at) => (at === index ? withEntry(row, key, value) : row)));
  return (
    <Section
      id="catalogues"
      title="Catalogues"
      lede="Rows on the start page of your client, from top to bottom. Clients store these when you install: changes need a re-install."
    >
      <SwitchField
        path="ec"
        label="Offer catalogues"
        hint="Without them the add-on gives streams only."
      />
      <SortableList
        label="Catalogues, top to bottom"
        onMove={(from, to) => save(moved(rows, from, to))}
        rows={rows.map((row, index) => {
          const id = String(row['ci']);
          const catalog = catalogs.find((candidate) => candidate.id === id);
          const name =
            catalog === undefined
              ? id
              : `${TYPE_LABELS[catalog.type] ?? catalog.type}: ${catalog.name}`;
          return {
            key: id,
            name,
            content: (
              <CatalogRow
                name={name}
                row={row}
                catalog={catalog}
                onChange={(key, value) => change(index, key, value)}
              />
            ),
          };
        })}
      />
      <Problem id={field.id} message={field.problem} />
      <SwitchField
        path="cw"
        label="Continue watching"
        hint="Keeps what you play through a service, and shows it first. Only with a stored profile: an address alone keeps nothing."
      />
      <SwitchField
        path="eim"
        label="Metadata for every title"
        hint="Also answers for titles of other catalogues (IMDb and TMDB ids)."
      />
    </Section>
  );
}

interface RowProps {
  readonly name: string;
  readonly row: JsonObject;
  readonly catalog: Catalog | undefined;
  readonly onChange: (key: string, value: JsonValue | undefined) => void;
}

function CatalogRow({ name, row, catalog, onChange }: RowProps) {
  const sort = typeof row['s'] === 'string' ? row['s'] : '';
  const order = typeof row['o'] === 'string' ? row['o'] : '';
  const sorts = catalog?.sorts ?? [];
  return (
    <div className="catalog-row" role="group" aria-label={name}>
      <label className="check">
        <input
          type="checkbox"
          checked={row['en'] !== false}
          onChange={({ target }) => onChange('en', target.checked ? undefined : false)}
        />
        <span>{name}</span>
      </label>
      {sorts.length > 0 && (
        <>
          <select
            className="input compact"
            aria-label={`Sort ${name} by`}
            value={sort}
            onChange={({ target }) => onChange('s', target.value === '' ? undefined : target.value)}
          >
            <option value="">Usual: {ruleLabel(catalog?.defaultSort ?? '')}</option>
            {sorts.map((value) => (
              <option key={value} value={value}>
                {ruleLabel(value.replaceAll('_', '-'))}
              </option>
            ))}
          </select>
          <select
            className="input compact"
            aria-label={`Direction of ${name}`}
            value={order}
            onChange={({ target }) => onChange('o', target.value === '' ? undefined : target.value)}
          >
            <option value="">Usual direction</option>
            <option value="desc">Descending</option>
            <option value="asc">Ascending</option>
          </select>
        </>
      )}
    </div>
  );
}

function withEntry(row: JsonObject, key: string, value: JsonValue | undefined): JsonObject {
  const { [key]: _replaced, ...rest } = row;
  return value === undefined ? (rest as JsonObject) : { ...rest, [key]: value };
}
