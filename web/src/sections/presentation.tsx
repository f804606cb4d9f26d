/** How a stream looks in the client: templates for its title and description, tried on the samples while typing. */
import { useRef, useState, type RefObject } from 'react';
import { usePreview } from '../api/queries.ts';
import { valueAt } from '../lib/field-path.ts';
import { insertModifier, insertVariable, type Insertion } from '../lib/template-text.ts';
import { dispatch, useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { useLast } from '../state/use-last.ts';
import { FieldShell, describedBy } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import { StreamRow } from '../ui/stream-row.tsx';
import { TemplateReference } from './template-reference.tsx';

const SAMPLES = { type: null, id: null } as const;
const SAMPLES_SHOWN = 3;
const TITLE = 'st.t';
const DESCRIPTION = 'st.d';

type Insert = typeof insertVariable;

export function Presentation() {
  const title = useRef<HTMLTextAreaElement>(null);
  const description = useRef<HTMLTextAreaElement>(null);
  const [last, setLast] = useState<'title' | 'description'>('description');
  const { template } = useOptions();
  const isDefault = useEditor(({ config }) => config['st'] === undefined);
  const insert = (make: Insert, name: string) => {
    const area = last === 'title' ? title.current : description.current;
    if (area === null) return;
    const insertion = make(area.value, area.selectionStart, area.selectionEnd, name);
    placeInsertion(area, insertion, last === 'title' ? TITLE : DESCRIPTION);
  };
  return (
    <Section
      id="presentation"
      title="Presentation"
      lede="What stands in the two columns of a stream. Variables go in braces; the lists below insert them at the cursor."
    >
      <div className="presentation">
        <div className="presentation-editor">
          <TemplateField
            path={TITLE}
            label="Title template"
            fallback={template.t}
            rows={4}
            area={title}
            onFocus={() => setLast('title')}
          />
          <TemplateField
            path={DESCRIPTION}
            label="Description template"
            fallback={template.d}
            rows={10}
            area={description}
            onFocus={() => setLast('description')}
          />
          <button
            type="button"
            className="button"
            disabled={isDefault}
            onClick={() =>
              changeThenFocus(
                () => dispatch({ type: 'set', path: 'st', value: undefined }),
                () => title.current,
              )
            }
          >
            <Icon name="undo" />
            Back to default
          </button>
        </div>
        <SamplePreview />
      </div>
      <TemplateReference
        target={last === 'title' ? 'title' : 'description'}
        onVariable={(path) => insert(insertVariable, path)}
        onModifier={(name) => insert(insertModifier, name)}
      />
    </Section>
  );
}

/** Sets the text through the store, then the cursor: React has rendered by the next frame. */
function placeInsertion(
  area: HTMLTextAreaElement,
  { text, cursor }: Insertion,
  path: string,
): void {
  dispatch({ type: 'set', path, value: text });
  requestAnimationFrame(() => {
    area.focus();
    area.setSelectionRange(cursor, cursor);
  });
}

interface FieldProps {
  readonly path: string;
  readonly label: string;
  readonly fallback: string;
  readonly rows: number;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly onFocus: () => void;
}

function TemplateField({ path, label, fallback, rows, area, onFocus }: FieldProps) {
  const { limits } = useOptions();
  const field = useField(path);
  const stored = useEditor(({ config }) => valueAt(config, path));
  const text = typeof stored === 'string' ? stored : fallback;
  return (
    <FieldShell id={field.id} label={label} problem={field.problem}>
      <textarea
        id={field.id}
        ref={area}
        className="input code"
        rows={rows}
        value={text}
        maxLength={limits.templateCharsMax}
        spellCheck={false}
        {...describedBy(field.id, false, field.problem)}
        onFocus={onFocus}
        onChange={({ target }) => field.set(target.value === fallback ? undefined : target.value)}
      />
    </FieldShell>
  );
}

function SamplePreview() {
  const { data: current, isPlaceholderData, isError } = usePreview(SAMPLES);
  const data = useLast(current);
  const streams = data?.streams ?? [];
  const shown = sampleOf(streams);
  return (
    <div className="presentation-preview">
      <h3>Live preview</h3>
      <ul
        className={`streams ${isPlaceholderData || isError ? 'is-stale' : ''}`}
        aria-label="Template preview"
      >
        {shown.map((stream) => (
          <StreamRow key={stream.streamId} stream={stream} />
        ))}
      </ul>
      {data !== undefined && streams.length === 0 && (
        <p className="hint">Your filters leave nothing of the samples.</p>
      )}
    </div>
  );
}

/** Streams of different kinds rather than the first few, which tend to look alike. */
function sampleOf<T extends { readonly kind: string }>(streams: readonly T[]): readonly T[] {
  const firsts = streams.filter(
    ({ kind }, index) => streams.findIndex((other) => other.kind === kind) === index,
  );
  return [...new Set([...firsts, ...streams])].slice(0, SAMPLES_SHOWN);
}
