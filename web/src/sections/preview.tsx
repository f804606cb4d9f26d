/** The list that the settings lead to, for the samples or for a title of the catalogue, and why the rest is not in it. */
import { useState } from 'react';
import { ApiError } from '../api/http.ts';
import { usePreview } from '../api/queries.ts';
import type { Preview as PreviewAnswer, PreviewTitle } from '../api/contract.ts';
import { ruleLabel } from '../lib/texts.ts';
import { useOptions } from '../state/page-context.ts';
import { useLast } from '../state/use-last.ts';
import { Section } from '../ui/section.tsx';
import { StreamRow } from '../ui/stream-row.tsx';
import { TitlePicker } from './title-picker.tsx';

export interface PickedTitle extends PreviewTitle {
  readonly name: string;
}

const SAMPLES: PickedTitle = { type: null, id: null, name: 'Samples' };

export function Preview() {
  const [title, setTitle] = useState<PickedTitle | null>(SAMPLES);
  return (
    <Section
      id="preview"
      title="Preview"
      lede="What you would see in your client, with the settings of this moment."
    >
      <TitlePicker
        onPick={setTitle}
        onNone={() => setTitle(null)}
        onSamples={() => setTitle(SAMPLES)}
      />
      {title === null ? (
        <p className="empty" role="status">
          Choose a title to see its streams.
        </p>
      ) : (
        <PreviewOf key={title.type} title={title} />
      )}
    </Section>
  );
}

/** Keeps its last list, greyed, while the next one is on its way. */
function PreviewOf({ title }: { readonly title: PickedTitle }) {
  const {
    data: current,
    error,
    isPlaceholderData,
  } = usePreview({ type: title.type, id: title.id });
  const data = useLast(current);
  return (
    <>
      <p className="preview-count" role="status">
        {error !== null
          ? 'Not up to date'
          : data === undefined
            ? 'Asking the server…'
            : countText(data)}
      </p>
      {error !== null && <p className="notice is-problem">{previewProblem(error)}</p>}
      {data !== undefined && (
        <div className={`preview-result ${isPlaceholderData || error !== null ? 'is-stale' : ''}`}>
          <PreviewResult preview={data} />
        </div>
      )}
    </>
  );
}

function countText({ title, shown, total }: PreviewAnswer): string {
  return `${title === '' ? 'This title' : title}: ${shown} of ${total} streams shown`;
}

function previewProblem(error: Error): string {
  if (error instanceof ApiError && error.code === 'config.invalid')
    return 'A setting has a mistake: see the marked fields.';
  return error.message;
}

function PreviewResult({ preview }: { readonly preview: PreviewAnswer }) {
  const { dropRules } = useOptions();
  const { streams, notice, dropped, droppedByRule } = preview;
  const labelOf = (rule: string) => ruleLabel(dropRules[rule] ?? rule);
  const rules = Object.entries(droppedByRule);
  return (
    <>
      {notice !== null && (
        <ul className="streams" aria-label="Notice">
          <StreamRow stream={notice} />
        </ul>
      )}
      {streams.length > 0 && (
        <ol className="streams scroll" aria-label="Streams shown" tabIndex={0}>
          {streams.map((stream) => (
            <StreamRow
              key={stream.streamId}
              stream={stream}
              rank={stream.rank}
              release={stream.release}
            />
          ))}
        </ol>
      )}
      {rules.length > 0 && (
        <details className="disclosure">
          <summary>
            <span className="disclosure-title">Left out</span>
            <span className="disclosure-summary">
              {rules.map(([rule, count]) => `${labelOf(rule)}: ${count}`).join(' · ')}
            </span>
          </summary>
          <ul className="dropped" aria-label="Streams left out">
            {dropped.map(({ release, rule, detail }, index) => (
              <li key={`${index}-${release}`}>
                <span className="tag">{labelOf(rule)}</span>
                <span className="dropped-release">{release}</span>
                <span className="hint">{detail}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
