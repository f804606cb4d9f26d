/** The version in package.json, for the manifest and `--version`. */
import { readFileSync } from 'node:fs';
import { packagePath } from './package-root.ts';

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : '0.0.0';
}

export const version = readVersion();
