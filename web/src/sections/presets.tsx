/** Where to begin: presets that go together, one of each group, and the way back. */
import { useMutation } from '@tanstack/react-query';
import { isInForce, withPreset, type PresetGroup } from '../lib/presets.ts';
import type { JsonObject } from '../lib/json.ts';
import { offeredLanguages } from '../lib/language-order.ts';
import { dispatch, editorState, useEditor } from '../state/editor-store.ts';
import { useOptions } from '../state/page-context.ts';
import { startOver } from '../state/start-over.ts';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import { ReplacedNotice } from './replaced-notice.tsx';

const LANGUAGE_KEYS = { keys: ['ls'] };

export function Presets() {
  const { presets } = useOptions();
  return (
    <Section
      id="presets"
      title="Begin with"
      lede="Pick what fits, then change whatever you like below. One of each row is in force."
    >
      {presets.map((group) => (
        <Group key={group.id} group={group} />
      ))}
      <OneLanguage />
      <StartOver />
      <ReplacedNotice />
    </Section>
  );
}

function apply(label: string, group: Pick<PresetGroup, 'keys'>, settings: JsonObject): void {
  dispatch({ type: 'replace', label, config: withPreset(editorState().config, group, settings) });
}

function Group({ group }: { readonly group: PresetGroup }) {
  const { defaults } = useOptions();
  const config = useEditor((state) => state.config);
  return (
    <div className="preset-group" role="group" aria-label={group.name}>
      <h3>{group.name}</h3>
      <div className="presets">
        {group.presets.map(({ id, name, description, settings }) => (
          <button
            key={id}
            type="button"
            className="preset"
            aria-pressed={isInForce(config, group, settings, defaults)}
            onClick={() => apply(name, group, settings)}
          >
            <span className="preset-name">
              {name}
              <Icon name="check" />
            </span>
            <span className="preset-text">{description}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** English stays with what says no language: that is how English releases are named. */
function languageSettings(language: string): JsonObject {
  if (language === '') return {};
  return { ls: language === 'English' ? [language, null] : [language] };
}

function OneLanguage() {
  const { languages, defaults } = useOptions();
  const config = useEditor((state) => state.config);
  const offered = offeredLanguages(languages, navigator.languages).filter(
    ({ value }) => value !== null,
  );
  const chosen = offered.find(({ value }) =>
    isInForce(config, LANGUAGE_KEYS, languageSettings(value ?? ''), defaults),
  )?.value;
  const isAll = isInForce(config, LANGUAGE_KEYS, {}, defaults);
  const choose = (language: string) =>
    apply(
      language === '' ? 'All languages' : `${language} alone`,
      LANGUAGE_KEYS,
      languageSettings(language),
    );
  return (
    <div className="preset-group" role="group" aria-label="Language">
      <h3>Language</h3>
      <div className="add-row">
        <div className="field">
          <label className="field-label" htmlFor="one-language">
            Streams in
          </label>
          <select
            id="one-language"
            className="input"
            value={chosen ?? (isAll ? '' : 'own')}
            onChange={({ target }) => choose(target.value)}
          >
            <option value="">All languages</option>
            {chosen === undefined && !isAll && (
              <option value="own" disabled>
                Your own choice, below
              </option>
            )}
            {offered.map(({ value, label }) => (
              <option key={value} value={value ?? ''}>
                {label} alone
              </option>
            ))}
          </select>
        </div>
        <p className="hint grow">
          Several languages, in your order: see <a href="#languages">Languages</a>.
        </p>
      </div>
    </div>
  );
}

function StartOver() {
  const isChanged = useEditor(({ config, saved }) => config !== saved);
  const restart = useMutation({ mutationFn: startOver });
  return (
    <div className="add-row">
      <button
        type="button"
        className="button"
        aria-disabled={!isChanged}
        onClick={() => isChanged && restart.mutate()}
      >
        <Icon name="undo" />
        Start over
      </button>
      <p className="hint grow">
        Takes back everything that was changed here since these settings were opened.
      </p>
      {restart.isError && (
        <p className="problem" role="alert">
          {restart.error.message}
        </p>
      )}
    </div>
  );
}
