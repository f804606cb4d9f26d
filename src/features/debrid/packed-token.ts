/** Credentials of several parts that other servers pack into one text: base64 of something readable. */

/** What a text stands for in base64, of either alphabet; empty where that is nothing readable. */
export function decodedBase64(text: string): string {
  if (!/^[\w+/-]{8,}={0,2}$/.test(text)) return '';
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return /^[ -~]{4,}$/.test(decoded) ? decoded : '';
}
