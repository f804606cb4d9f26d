/** The services that play streams: up to five, in their order, each with its credentials and switches. */
import { useState } from 'react';
import type { Provider } from '../api/contract.ts';
import { objectsOf, type JsonObject } from '../lib/json.ts';
import { inListOrder } from '../lib/providers.ts';
import { moved } from '../lib/reorder.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useRowKeys } from '../state/use-row-keys.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { ProviderCard } from './provider-card.tsx';

const PATH = 'sps';
const KIND_LABELS: Readonly<Record<Provider['kind'], string>> = {
  debrid: 'Debrid services', usenet: 'Usenet', client: 'Your own download client', p2p: 'Without a service',
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
  return (
    <Section
      id="providers" title="Providers"
      lede={`Services that play what is found, best first: up to ${limits.providersMax}. Without any, torrents are played directly.`}
    >
      {entries.length === 0
        ? <p className="empty">No provider yet. Streams that need a service are not shown; torrents are, when direct torrents are on.</p>
        : (
          <SortableList
            label="Providers, best first" className="cards" onMove={move}
            rows={entries.map((entry, index) => ({
              key: rows.keys[index] ?? '', name: names[index] ?? '',
              content: (
                <ProviderCard
                  path={`${PATH}[${index}]`} entry={entry} name={names[index] ?? ''}
                  service={services.find(({ service }) => service === entry['sv'])} onRemove={() => remove(index)}
                />
              ),
            }))}
          />
        )}
      <Problem id={field.id} message={field.problem} />
      <AddProvider isFull={entries.length >= limits.providersMax} />
      <SwitchField
        path="ept" label="Direct torrents (P2P)"
        hint="Also offers torrents that the player downloads itself. Your address is then visible to other peers."
      />
    </Section>
  );
}

/** `TorBox`, and `TorBox 2` for a second one. */
function displayNames(entries: readonly JsonObject[], services: readonly Provider[]): readonly string[] {
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
  const { providers: services, limits } = useOptions();
  const [service, setService] = useState(services[0]?.service ?? '');
  const count = useEditor(({ config }) => objectsOf(config[PATH]).length);
  const kinds = [...new Set(services.map(({ kind }) => kind))];
  const add = () => dispatch({ type: 'set', path: `${PATH}[${count}]`, value: { sv: service } });
  return (
    <div className="add-row">
      <div className="field">
        <label className="field-label" htmlFor="add-provider">Service to add</label>
        <select id="add-provider" className="input" value={service} onChange={({ target }) => setService(target.value)} disabled={isFull}>
          {kinds.map((kind) => (
            <optgroup key={kind} label={KIND_LABELS[kind]}>
              {services.filter((candidate) => candidate.kind === kind).map((candidate) => (
                <option key={candidate.service} value={candidate.service}>{candidate.name}</option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <button type="button" className="button" onClick={add} disabled={isFull}><Icon name="plus" />Add provider</button>
      {isFull && <p className="hint">{limits.providersMax} providers is the most that an add-on can have.</p>}
    </div>
  );
}
