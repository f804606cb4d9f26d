/** The ways into a client: the app, the browser, the clipboard, a phone's camera. */
import { installLinks, linkBase, pageLocation } from '../lib/install-link.ts';
import { useOptions } from '../state/page-context.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { QrCode } from '../ui/qr-code.tsx';

interface Props {
  readonly secret: string;
  /** False while the address is not that of the settings shown: nothing outdated can be installed. */
  readonly isReady: boolean;
  /** Somebody has taken the address. */
  readonly onUse?: () => void;
}

export function InstallLinks({ secret, isReady, onUse }: Props) {
  const { addon } = useOptions();
  const links = installLinks(
    linkBase(addon.baseUrl, location.origin, pageLocation(location.pathname).basePath),
    secret,
  );
  return (
    <div className={`install-links ${isReady ? '' : 'is-stale'}`}>
      <div className="install-actions">
        <LinkButton
          className="button primary"
          label="Install in Stremio"
          href={links.app}
          isReady={isReady}
          onUse={onUse}
        />
        <LinkButton
          className="button"
          label="Install in Stremio Web"
          href={links.web}
          isReady={isReady}
          onUse={onUse}
          newTab
        />
        <CopyButton label="Copy URL" text={links.manifest} disabled={!isReady} onCopied={onUse} />
      </div>
      <div className="field">
        <label className="field-label" htmlFor="install-url">
          Install URL
        </label>
        <input
          id="install-url"
          className="input code"
          readOnly
          value={links.manifest}
          aria-busy={!isReady}
          onFocus={({ target }) => target.select()}
        />
      </div>
      <details className="disclosure">
        <summary>
          <span className="disclosure-title">QR code</span>
          <span className="disclosure-summary">For a phone or a TV</span>
        </summary>
        <div className="disclosure-body">
          <QrCode text={links.manifest} label="QR code of the install URL" />
        </div>
      </details>
    </div>
  );
}

interface LinkProps {
  readonly label: string;
  readonly href: string;
  readonly className: string;
  readonly isReady: boolean;
  readonly newTab?: boolean;
  readonly onUse: (() => void) | undefined;
}

/** A link without `href` cannot be followed, and is announced as not available. */
function LinkButton({ label, href, className, isReady, onUse, newTab = false }: LinkProps) {
  return (
    <a
      role="link"
      className={className}
      aria-disabled={isReady ? undefined : true}
      onClick={isReady ? onUse : undefined}
      {...(isReady ? { href } : {})}
      {...(newTab ? { target: '_blank', rel: 'noreferrer' } : {})}
    >
      <Icon name="open" />
      {label}
    </a>
  );
}
