/** The mark: a sluice gate above running water; the same drawing as `logo.svg`. */
import logoUrl from '../logo.svg';

export function Logo() {
  return <img className="logo" src={logoUrl} width={36} height={36} alt="" />;
}
