/** One service: its credentials, as the server describes them, and its switches. */
import type { Provider } from '../api/contract.ts';
import type { JsonObject } from '../lib/json.ts';
import type { CredentialSpec } from '../lib/providers.ts';
import { fieldId } from '../lib/field-path.ts';
import { CountField } from '../ui/number-fields.tsx';
import { NotAvailable, OutOfUse } from '../ui/capable.tsx';
import { RemoveButton } from '../ui/rows.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';
import { CodeLogin } from './code-login.tsx';
import { TestService } from './test-service.tsx';

interface Props {
  readonly path: string;
  readonly entry: JsonObject;
  readonly name: string;
  /** Undefined: one that this server does not know. */
  readonly service: Provider | undefined;
  readonly onRemove: () => void;
}

interface OptionText {
  readonly label: string;
  readonly hint?: string;
  readonly fallback: boolean;
  /** What the server must be able to do for it. */
  readonly needs?: string;
}

const OPTION_TEXTS: Readonly<Record<string, OptionText>> = {
  oscs: {
    label: 'Cached streams only',
    hint: 'Leaves out what the service would have to download first.',
    fallback: false,
    needs: 'cachedStreams',
  },
  ewc: { label: 'Watchlist catalogues', fallback: true, needs: 'watchlists' },
  eun: { label: 'Usenet, too', fallback: false, needs: 'usenet' },
  umf: {
    label: 'Play through MediaFlow',
    hint: 'When a MediaFlow proxy is set under Advanced.',
    fallback: true,
    needs: 'mediaflow',
  },
  pne: {
    label: 'Prepare the next episode',
    hint: 'Half way through one, when the service has the next one ready.',
    fallback: false,
  },
  pnd: {
    label: 'Download it, too',
    hint: 'Prepares also what the service must download first, which takes one of your places there.',
    fallback: false,
  },
};
/** The app plays by itself; there is nothing that this server could log in to. */
const UNTESTED: ReadonlySet<string> = new Set(['p2p', 'stremio_nntp']);
const NUMBER_MAX = 10_000_000;

export function ProviderCard({ path, entry, name, service, onRemove }: Props) {
  return (
    <div className="provider" role="group" aria-label={name} id={fieldId(path)} tabIndex={-1}>
      <div className="provider-head">
        <strong className="provider-name">{name}</strong>
        {service !== undefined && service.label !== '' && (
          <span className="tag">{service.label}</span>
        )}
        <span className="spacer" />
        <SwitchField path={`${path}.en`} label={`Enable ${name}`} fallback hideLabel />
        <RemoveButton name={name} onRemove={onRemove} />
      </div>
      {entry['en'] === false && <p className="hint">Switched off: kept, and not used.</p>}
      <ProviderBody path={path} service={service} name={name} />
    </div>
  );
}

function ProviderBody({ path, service, name }: Pick<Props, 'path' | 'service' | 'name'>) {
  if (service === undefined)
    return <p className="hint">This server does not know the service. It is kept as it is.</p>;
  if (service.available) return <ProviderFields path={path} service={service} name={name} />;
  return (
    <>
      <p className="hint">
        <NotAvailable /> Kept as it is, and not used.
      </p>
      <OutOfUse>
        <Credentials path={path} service={service} />
      </OutOfUse>
    </>
  );
}

interface FieldsProps {
  readonly path: string;
  readonly service: Provider;
  readonly name: string;
}

function ProviderFields({ path, service, name }: FieldsProps) {
  return (
    <>
      {service.codeLogin && <CodeLogin path={path} service={service} name={name} />}
      <Credentials path={path} service={service} />
      {!UNTESTED.has(service.service) && <TestService path={path} service={service} name={name} />}
      {typeof service.signUpUrl === 'string' && (
        <p className="hint">
          <a href={service.signUpUrl} rel="noreferrer" target="_blank">
            Open an account with {service.name}
          </a>
        </p>
      )}
      {service.options.length > 0 && (
        <div className="switches">
          {service.options.map((option) => {
            const text = OPTION_TEXTS[option] ?? { label: option, fallback: false };
            return <SwitchField key={option} path={`${path}.${option}`} {...text} />;
          })}
        </div>
      )}
    </>
  );
}

function Credentials({ path, service }: { readonly path: string; readonly service: Provider }) {
  if (service.credentials.length === 0) return null;
  return (
    <div className="fields">
      {service.credentials.map((spec) => (
        <Credential key={spec.key} path={`${path}.${spec.key}`} spec={spec} />
      ))}
    </div>
  );
}

function Credential({ path, spec }: { readonly path: string; readonly spec: CredentialSpec }) {
  const texts = {
    path,
    label: spec.label,
    ...(spec.help === undefined ? {} : { hint: spec.help }),
    ...(spec.placeholder === undefined ? {} : { placeholder: spec.placeholder }),
  };
  if (spec.type === 'number') return <CountField {...texts} max={NUMBER_MAX} decimals />;
  return <TextField {...texts} type={spec.type} required={spec.required} />;
}
