/** What tells one Usenet post from others where a service knows its name alone. */
import { createHash } from 'node:crypto';

/** Letters and digits: services take characters out of names that file systems do not like, and endings off. */
export function postKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.nzb$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** 40 hexadecimal digits, equal for equal keys. */
export function postHash(name: string): string {
  return createHash('sha1').update(postKey(name)).digest('hex');
}
