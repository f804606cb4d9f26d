/** Variables and modifiers of templates: found by typing, inserted by pressing. */
import { useState } from 'react';
import { useOptions } from '../state/page-context.ts';
import { Disclosure } from '../ui/section.tsx';

interface Props {
  /** Where a press inserts. */
  readonly target: string;
  readonly onVariable: (path: string) => void;
  readonly onModifier: (name: string) => void;
}

export function TemplateReference({ target, onVariable, onModifier }: Props) {
  const { templateVariables, templateModifiers } = useOptions();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const variables = templateVariables.filter(({ path, description }) =>
    `${path} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="disclosures">
      <Disclosure title="Variables" summary={`${templateVariables.length}, with examples`}>
        <label className="field-label" htmlFor="variable-search">
          Find a variable
        </label>
        <input
          id="variable-search"
          type="search"
          className="input"
          value={text}
          autoComplete="off"
          onChange={({ target: input }) => setText(input.value)}
        />
        <ul className="reference" aria-label="Template variables">
          {variables.map(({ path, example, description }) => (
            <li key={path}>
              <button
                type="button"
                className="reference-name"
                aria-label={`Insert ${path} into the ${target}`}
                onClick={() => onVariable(path)}
              >
                {path}
              </button>
              <span className="reference-text">
                {description}
                <small className="check-note">{example}</small>
              </span>
            </li>
          ))}
        </ul>
      </Disclosure>
      <Disclosure title="Modifiers" summary="How a value is written">
        <p className="hint">
          Put them behind a variable: <code>{'{stream.size|bytes}'}</code>
        </p>
        <ul className="reference" aria-label="Template modifiers">
          {templateModifiers.map(({ name, description }) => (
            <li key={name}>
              <button
                type="button"
                className="reference-name"
                aria-label={`Insert modifier ${name} into the ${target}`}
                onClick={() => onModifier(name)}
              >
                |{name}
              </button>
              <span className="reference-text">{description}</span>
            </li>
          ))}
        </ul>
        <p className="hint">
          Conditions: <code>{'{if stream.size > 1000}…{elif not stream.size}…{else}…{/if}'}</code>
        </p>
      </Disclosure>
    </div>
  );
}
