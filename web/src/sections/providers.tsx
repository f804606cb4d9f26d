/** The services that play streams: up to five, in their order, each with its credentials and switches. */
import { useState } from 'react';
import type { Provider } from '../api/contract.ts';
import { fieldId } from '../lib/field-path.ts';
import { objectsOf, type JsonObject } from '../lib/json.ts';
import { inListOrder } from '../lib/providers.ts';
import { moved } from '../lib/reorder.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { changeThenFocus, firstControl } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useRowKeys } from '../state/use-row-keys.ts';
import { NOT_AVAILABLE } from '../ui/availability.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { Rows } from '../ui/rows.tsx';
import { Disclosure, Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { ProviderCard } from './provider-card.tsx';

const PATH = 'sps';
const KIND_LABELS: Readonly<Record<Provider['kind'], string>> = {
  debrid: 'Debrid services',
  usenet: 'Usenet',
  client: 'Your own download client',
  p2p: 'Without a service',
};

export function Providers() {
  const { limits, providers: services } = useOptions();
  const field = useField(PATH);
  const entries = objectsOf(field.value);
  const rows = useRowKeys(entries.length);
  const names = displayNames(entries, services);
  const move = (from: number, to: number) => {
    rows.move(from, to);
    field.set(inListOrder(moved(entries, from, to)));
  };
  const remove = (index: number) => {
    rows.remove(index);
    field.set(entries.toSpliced(index, 1));
  };
  const canPlay = services.some(({ kind, available }) => available && kind !== 'p2p');
  const unavailable = services
    .filter(({ kind, available }) => !available && kind !== 'p2p')
    .map(({ name }) => name);
  return (
    <Section
      id="providers"
      title="Providers"
      lede={
        canPlay
          ? `Services that play what is found, best first: up to ${limits.providersMax}. Without any, torrents are played directly.`
          : 'Your player downloads torrents by itself: this server cannot play through a service yet.'
      }
    >
      <Rows>
        {entries.length === 0 ? (
          canPlay && (
            <p className="empty">
              No provider yet. Streams that need a service are not shown; torrents are, when direct
              torrents are on.
            </p>
          )
        ) : (
          <SortableList
            label="Providers, best first"
            className="cards"
            onMove={move}
            rows={entries.map((entry, index) => ({
              key: rows.keys[index] ?? '',
              name: names[index] ?? '',
              content: (
                <ProviderCard
                  path={`${PATH}[${index}]`}
                  entry={entry}
                  name={names[index] ?? ''}
                  service={services.find(({ service }) => service === entry['sv'])}
                  onRemove={() => remove(index)}
                />
              ),
            }))}
          />
        )}
        <Problem id={field.id} message={field.problem} />
        {canPlay && <AddProvider isFull={entries.length >= limits.providersMax} />}
      </Rows>
      <SwitchField
        path="ept"
        label="Direct torrents (P2P)"
        hint="Also offers torrents that the player downloads itself. Your address is then visible to other peers."
      />
      <NothingPlays entries={entries} />
      {unavailable.length > 0 && (
        <Disclosure title="Services" summary={NOT_AVAILABLE} className="is-unavailable">
          <p className="hint">
            {unavailable.join(', ')}: a token of these would have no effect, so it is not asked for.
            What an address of yours holds already is kept.
          </p>
        </Disclosure>
      )}
    </Section>
  );
}

/** Said where the settings leave a list of torrents with nothing to play them. */
function NothingPlays({ entries }: { readonly entries: readonly JsonObject[] }) {
  const { providers: services } = useOptions();
  const torrents = useField('ept').value !== false;
  const playing = entries
    .filter((entry) => entry['en'] !== false)
    .some((entry) => services.find(({ service }) => service === entry['sv'])?.available === true);
  if (torrents || playing) return null;
  return (
    <p className="notice is-important" role="status">
      Direct torrents are off, and no service plays them: torrents are not shown.
    </p>
  );
}

/** `TorBox`, and `TorBox 2` for a second one. */
function displayNames(
  entries: readonly JsonObject[],
  services: readonly Provider[],
): readonly string[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const service = String(entry['sv'] ?? '');
    const name = services.find((candidate) => candidate.service === service)?.name ?? service;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}

function AddProvider({ isFull }: { readonly isFull: boolean }) {
  const { providers, limits } = useOptions();
  const services = providers.filter(({ available }) => available);
  const [service, setService] = useState(services[0]?.service ?? '');
  const count = useEditor(({ config }) => objectsOf(config[PATH]).length);
  const kinds = [...new Set(services.map(({ kind }) => kind))];
  const add = () =>
    changeThenFocus(
      () => dispatch({ type: 'set', path: `${PATH}[${count}]`, value: { sv: service } }),
      () => {
        const card = document.getElementById(fieldId(`${PATH}[${count}]`));
        return firstControl(card) ?? card;
      },
    );
  return (
    <div className="add-row">
      <div className="field">
        <label className="field-label" htmlFor="add-provider">
          Service to add
        </label>
        <select
          id="add-provider"
          className="input"
          data-adds=""
          value={service}
          disabled={isFull}
          onChange={({ target }) => setService(target.value)}
        >
          {kinds.map((kind) => (
            <optgroup key={kind} label={KIND_LABELS[kind]}>
              {services
                .filter((candidate) => candidate.kind === kind)
                .map((candidate) => (
                  <option key={candidate.service} value={candidate.service}>
                    {candidate.name}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </div>
      <button type="button" className="button" onClick={add} disabled={isFull}>
        <Icon name="plus" />
        Add provider
      </button>
      {isFull && (
        <p className="hint">{limits.providersMax} providers is the most that an add-on can have.</p>
      )}
    </div>
  );
}
