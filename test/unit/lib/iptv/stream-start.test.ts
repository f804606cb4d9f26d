/** What the first bytes of a source are, and where playlists lead. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { leadOf, startOf } from '../../../../src/lib/iptv/stream-start.ts';

test('packets and files are streams, pages are none', () => {
  const packets = Buffer.alloc(376);
  packets[0] = packets[188] = 0x47;
  assert.equal(startOf(packets, 'text/html'), 'stream');
  assert.equal(startOf(Buffer.from('\0\0\0\x18ftypmp42'), 'video/mp4'), 'stream');
  assert.equal(startOf(Buffer.from('\ufeff#EXTM3U\n'.slice(1)), ''), 'playlist');
  assert.equal(startOf(Buffer.from('<html>expired'), ''), 'page');
  assert.equal(startOf(Buffer.from('account expired'), 'text/plain'), 'page');
  assert.equal(startOf(Buffer.alloc(0), 'video/mp2t'), 'nothing');
});

test('a playlist leads to a variant, or to its last segment', () => {
  const base = 'http://p.example/live/1.m3u8?token=x';
  const master =
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8';
  assert.deepEqual(leadOf(master, base), {
    url: 'http://p.example/live/low/index.m3u8',
    isVariant: true,
  });
  const media = '#EXTM3U\r\n#EXTINF:4,\r\n/a/1.ts\r\n#EXTINF:4,\r\n/a/2.ts\r\n';
  assert.deepEqual(leadOf(media, base), { url: 'http://p.example/a/2.ts', isVariant: false });
  assert.equal(leadOf('#EXTM3U\n#EXT-X-TARGETDURATION:4\n', base), null);
});
