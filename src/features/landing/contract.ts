/** What other features see of the landing page. */

/** Path of the logo that manifests name where the operator gave none. */
export const LOGO_PATH = '/logo.png';
