import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { childrenOf, encodePath, pathNames } from '../../../src/lib/webdav/folder.ts';
import { readMultistatus } from '../../../src/lib/webdav/multistatus.ts';
import { webDavAnswer, type WebDavStyle } from '../../support/upstreams/webdav.ts';

const STYLES: readonly WebDavStyle[] = ['rclone', 'apache', 'nginx'];

function listing(style: WebDavStyle, folder: string, paths: readonly string[]) {
  const path = `/dav${folder}`;
  const headers = { depth: '1' };
  const asked = {
    method: 'PROPFIND',
    path,
    query: new URLSearchParams(),
    headers,
    body: '',
    atMs: 0,
  };
  const files = paths.map((one, index) => ({ path: one, sizeBytes: index }));
  const { body = '' } = webDavAnswer(asked, files, { root: '/dav', style });
  const resources = readMultistatus(body.toString());
  assert.ok(resources !== null);
  return childrenOf(resources, encodePath(pathNames(path)));
}

function multistatus(responses: string): string {
  return `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${responses}</d:multistatus>`;
}

function response(href: string, isFolder: boolean): string {
  const kind = isFolder ? '<d:collection/>' : '';
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop><d:resourcetype>${kind}</d:resourcetype></d:prop></d:propstat></d:response>`;
}

const names = (xml: string, path: string) =>
  childrenOf(readMultistatus(xml) ?? [], path).map(({ name }) => name);

describe('WebDAV listings', () => {
  for (const style of STYLES)
    it(`${style}: names, kinds and sizes of what is in the folder`, () => {
      const paths = ["Film [2020]/It's 100% & more.mkv", 'Film [2020]/Extras/a.mkv', 'other.mkv'];
      assert.deepEqual(listing(style, '/Film [2020]', paths), [
        {
          name: "It's 100% & more.mkv",
          encodedName: "It's%20100%25%20%26%20more.mkv",
          isFolder: false,
          sizeBytes: 0,
        },
        { name: 'Extras', encodedName: 'Extras', isFolder: true, sizeBytes: null },
      ]);
    });

  it('names come back as they were, whatever they are', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF/\\]/gu, '_').normalize('NFC'))
      .filter((text) => text.trim() === text && text !== '.' && text !== '..' && text !== '');
    fc.assert(
      fc.property(part, fc.constantFrom(...STYLES), (name, style) => {
        const children = listing(style, '/folder', [`folder/${name}`]);
        assert.deepEqual(
          children.map((child) => [child.name, decodeURIComponent(child.encodedName)]),
          [[name, name]],
        );
      }),
    );
  });

  it('hrefs that are addresses, paths or names; with another prefix; without the folder itself', () => {
    const file = (href: string) => response(href, false);
    const folder = (href: string) => response(href, true);
    const address = 'http://inside:8080/dav/films';
    const lists = [
      folder(`${address}/`) + file(`${address}/a.mkv`),
      folder('/dav/films') + file('/dav/films/a.mkv'),
      folder('./') + file('a.mkv'),
      folder('/films/') + file('/films/a.mkv'),
      file('/dav/films/a.mkv'),
      folder('/dav/films/') + file('/dav/films/a.mkv') + file('/dav/films/deep/b.mkv'),
    ];
    for (const list of lists) assert.deepEqual(names(multistatus(list), '/dav/films/'), ['a.mkv']);
  });

  it('a name that is no UTF-8 is asked for as it came', () => {
    const list = multistatus(response('/', true) + response('/caf%E9 50%.mkv', false));
    const [child] = childrenOf(readMultistatus(list) ?? [], '/');
    assert.equal(child?.encodedName, 'caf%E9%2050%.mkv');
  });

  it('another order of characters and marks is the same name', () => {
    const decomposed = 'cafe\u0301.mkv';
    const list = multistatus(response('/', true) + response(encodeURI(`/${decomposed}`), false));
    const [child] = childrenOf(readMultistatus(list) ?? [], '/');
    assert.equal(child?.name, 'caf\u00e9.mkv');
    assert.equal(decodeURIComponent(child?.encodedName ?? ''), decomposed);
  });

  it('what is no whole multistatus is none', () => {
    const whole = multistatus(response('/', true));
    const bomb =
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d:multistatus xmlns:d="DAV:">&b;</d:multistatus>';
    for (const xml of [
      '',
      '<html></html>',
      whole.slice(0, -5),
      '{}',
      bomb,
      whole.replace('DAV:', 'X:'),
    ])
      assert.equal(readMultistatus(xml), null, xml);
    fc.assert(fc.property(fc.string(), (text) => void readMultistatus(text)));
  });

  it('paths of both kinds of machine', () => {
    assert.deepEqual(pathNames('C:\\Downloads\\a b\\'), ['C:', 'Downloads', 'a b']);
    assert.deepEqual(pathNames('/data/./../downloads//x'), ['data', 'downloads', 'x']);
    assert.equal(encodePath(['a b', 'ü']), '/a%20b/%C3%BC');
  });
});
