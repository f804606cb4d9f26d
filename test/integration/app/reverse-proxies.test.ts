/** The reverse-proxy snippets of docs/operating.md, run by the proxies: at the root of a host, and below a path of it. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeCertificate, withoutOpenssl } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { eventually } from '../../support/processes.ts';
import {
  documentedSnippets,
  startCaddy,
  startNginx,
  withoutProxies,
} from '../../support/reverse-proxies.ts';
import { startApp } from '../../support/start-app.ts';

const CATALOGUE = '/catalog/movie/latest.json';

describe(
  'behind a reverse proxy',
  { skip: withoutProxies === false ? withoutOpenssl : withoutProxies },
  () => {
    let folder = '';
    let tls = { certFile: '', keyFile: '' };
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-proxies-'));
      await chmod(folder, 0o755);
      tls = makeCertificate(folder, 'localhost');
    });
    after(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    const answers = (url: string) =>
      eventually(`${url} answers`, 60_000, () =>
        rawRequest(url).then(
          ({ status }) => status === 200,
          () => false,
        ),
      );

    const posterOf = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
      const { metas } = jsonOf(await rawRequest(url + CATALOGUE, { headers })) as {
        metas: { poster: string }[];
      };
      return metas[0]?.poster ?? '';
    };

    test('links carry scheme, name and port that the client used', async () => {
      await using app = await startApp({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
      const [locations = ''] = await documentedSnippets('nginx', `127.0.0.1:${app.port}`);
      const [site = ''] = await documentedSnippets('caddyfile', `127.0.0.1:${app.port}`);
      const [nginxPort, caddyPort] = [await freePort(), await freePort()];
      await using _nginx = await startNginx(folder, tls, [{ port: nginxPort, locations }]);
      await using _caddy = await startCaddy(folder, [{ port: caddyPort, site }]);
      for (const [url, scheme] of [
        [`https://127.0.0.1:${nginxPort}`, 'https'],
        [`http://127.0.0.1:${caddyPort}`, 'http'],
      ] as const) {
        await answers(url + CATALOGUE);
        assert.ok(
          (await posterOf(url, { Host: 'addon.example.org' })).startsWith(
            `${scheme}://addon.example.org/poster/`,
          ),
          url,
        );
        assert.ok(
          (await posterOf(url, { Host: 'addon.example.org:8443' })).startsWith(
            `${scheme}://addon.example.org:8443/poster/`,
          ),
          url,
        );
        for (let repeat = 0; repeat < 20; repeat += 1)
          assert.equal((await rawRequest(url + CATALOGUE)).status, 200);
      }
      assert.doesNotMatch(app.output(), /not trusted/);
    });

    test('below a path: page, redirects, posters, installs and files, whether the proxy strips the path or not', async () => {
      const HOST_URL = 'https://example.org:8443/sluice';
      await using app = await startApp({ environment: { TRUSTED_PROXIES: '127.0.0.1', HOST_URL } });
      const upstream = `127.0.0.1:${app.port}`;
      const [, locations = ''] = await documentedSnippets('nginx', upstream);
      const [, site = ''] = await documentedSnippets('caddyfile', upstream);
      assert.match(locations, /location \/sluice\//);
      assert.match(site, /handle \/sluice/);
      const sealed = await fetch(`http://${upstream}/encrypt-user-data`, {
        method: 'POST',
        body: '{"nm":"Below"}',
      });
      const { encrypted_str: token } = (await sealed.json()) as { readonly encrypted_str: string };
      const ports = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ] as const;
      await using _nginx = await startNginx(folder, tls, [
        { port: ports[0], locations },
        {
          port: ports[1],
          locations: locations.replace(`http://${upstream};`, `http://${upstream}/;`),
        },
      ]);
      await using _caddy = await startCaddy(folder, [
        { port: ports[2], site },
        { port: ports[3], site: site.replace('handle ', 'handle_path ') },
      ]);
      for (const [index, port] of ports.entries()) {
        const origin = `${index < 2 ? 'https' : 'http'}://127.0.0.1:${port}`;
        await answers(`${origin}/sluice/manifest.json`);
        await walkBelow(origin, HOST_URL, token);
      }
      const direct = `http://${upstream}`;
      assert.equal(
        (await rawRequest(`${direct}/manifest.json`)).status,
        200,
        'on the machine itself, without the path',
      );
    });

    /** Everything that a user and a client would ask for, following links as they are. */
    async function walkBelow(origin: string, hostUrl: string, token: string): Promise<void> {
      const base = `${origin}/sluice`;
      const through = (link: string) => link.replace(hostUrl, base);
      const poster = await posterOf(base);
      assert.ok(poster.startsWith(`${hostUrl}/poster/`), poster);
      assert.equal(
        (await rawRequest(through(poster))).headers['content-type'],
        'image/jpeg',
        origin,
      );
      const bare = await rawRequest(base);
      assert.equal(
        new URL(bare.headers.location ?? '', base).pathname,
        '/sluice/',
        `${origin}: ${bare.status}`,
      );
      const root = await rawRequest(`${base}/`, { headers: { Accept: 'text/html' } });
      assert.equal(root.status, 200, origin);
      assert.doesNotMatch(
        root.body.toString(),
        /(?:src|href)="\/(?!sluice\/)/,
        'links of the start page stay below the path',
      );
      assert.equal((await rawRequest(`${base}/${token}/manifest.json`)).status, 200, origin);
      const options = jsonOf(await rawRequest(`${base}/configure/options.json`)) as {
        addon: { baseUrl: string };
      };
      assert.equal(options.addon.baseUrl, hostUrl);
      for (const page of [`${base}/configure`, `${base}/${token}/configure`]) await checkPage(page);
    }

    async function checkPage(page: string): Promise<void> {
      const answer = await rawRequest(page);
      assert.equal(answer.status, 200, page);
      const links = [...answer.body.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, link = '']) => new URL(link, page).href,
      );
      assert.ok(links.length >= 3, links.join());
      for (const link of links) assert.equal((await rawRequest(link)).status, 200, link);
    }
  },
);
