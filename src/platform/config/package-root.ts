/** Where the package lies on disk: for data files of `src` that the compiler does not copy. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Directory of package.json as a URL with a trailing slash, whether `src` or a build of it runs. */
export const packageRoot: URL = findPackageRoot(new URL('.', import.meta.url));

function findPackageRoot(directory: URL): URL {
  if (existsSync(new URL('package.json', directory))) return directory;
  const parent = new URL('..', directory);
  if (parent.href === directory.href)
    throw new Error('package.json is in none of the directories above the program');
  return findPackageRoot(parent);
}

/** File path of something in the package: `migrations`. */
export function packagePath(relative: string): string {
  return fileURLToPath(new URL(relative, packageRoot));
}
