/** nginx and Caddy as real processes in front of a server, with the snippets of docs/operating.md. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsFiles } from '../../src/http/tls-files.ts';

const NGINX = '/usr/sbin/nginx';
const CADDY = '/usr/bin/caddy';
const DOCUMENTED_UPSTREAM = '127.0.0.1:8000';

/** For the `skip` of a test. */
export const withoutProxies =
  existsSync(NGINX) && existsSync(CADDY) ? false : 'needs nginx and Caddy';

/** The snippets of one language in docs/operating.md, in order, leading to `upstream` (host and port). */
export async function documentedSnippets(
  language: 'nginx' | 'caddyfile',
  upstream: string,
): Promise<string[]> {
  const text = await readFile('docs/operating.md', 'utf8');
  const found = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))];
  return found.map(([, snippet = '']) => snippet.replaceAll(DOCUMENTED_UPSTREAM, upstream));
}

/** Starts nginx with one HTTPS server per port. @param folder for its files; must be readable by its worker */
export async function startNginx(
  folder: string,
  tls: TlsFiles,
  servers: readonly { readonly port: number; readonly locations: string }[],
): Promise<AsyncDisposable> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder};`)
    .join(' ');
  const config = `
    pid ${folder}/nginx.pid; error_log stderr; daemon off; master_process off;
    events {}
    http {
      access_log off; ${temporary}
      ${servers
        .map(
          ({ port, locations }) => `server {
        listen 127.0.0.1:${port} ssl; server_name _;
        ssl_certificate ${tls.certFile}; ssl_certificate_key ${tls.keyFile};
        ${locations}
      }`,
        )
        .join('\n')}
    }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  return start(NGINX, ['-c', join(folder, 'nginx.conf')], {});
}

/** Starts Caddy with one HTTP site per port; the site address of the snippets is replaced. */
export async function startCaddy(
  folder: string,
  sites: readonly { readonly port: number; readonly site: string }[],
): Promise<AsyncDisposable> {
  const bodies = sites.map(({ port, site }) =>
    site.replace(/^\S+ \{/, `http://:${port} {\n    bind 127.0.0.1`),
  );
  const path = join(folder, 'Caddyfile');
  await writeFile(path, ['{\n    admin off\n    auto_https off\n}', ...bodies].join('\n'));
  return start(CADDY, ['run', '--adapter', 'caddyfile', '--config', path], {
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    HOME: folder,
  });
}

function start(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): AsyncDisposable {
  const child = spawn(program, parameters, { stdio: 'ignore', env: environment });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
