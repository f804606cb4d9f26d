/** Playlists that are passed on: every address is replaced, segments go on counting, keys are not lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  readRelayed,
  variantUrls,
  writeMaster,
  writeMedia,
} from '../../../../src/lib/hls/relay.ts';

const BASE = 'http://provider.example/live/user/secret/index.m3u8?token=t';
const MEDIA = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES
#EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x1
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4,
10.m4s
#EXTINF:4,
/root/11.m4s?a=b
#EXT-X-DISCONTINUITY
#EXTINF:4,
http://other.example/12.m4s
#EXT-X-PART:DURATION=1,URI="13.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="13.2.m4s"`;

function media(text: string) {
  const read = readRelayed(text);
  assert.ok(read?.kind === 'media');
  return read;
}

const addressOf = (url: string, what: string) =>
  `/proxy/${what}/${new URL(url).pathname.split('/').at(-1)}`;

test('addresses of segments, keys and beginnings are replaced, what is of low latency is left out', () => {
  const written = writeMedia(media(MEDIA), BASE, addressOf);
  assert.deepEqual(written.split('\n'), [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    '#EXT-X-TARGETDURATION:4',
    '#EXT-X-MEDIA-SEQUENCE:10',
    '#EXT-X-DISCONTINUITY-SEQUENCE:0',
    '#EXT-X-KEY:METHOD=AES-128,URI="/proxy/other/key.bin",IV=0x1',
    '#EXT-X-MAP:URI="/proxy/other/init.mp4"',
    '#EXTINF:4,',
    '/proxy/segment/10.m4s',
    '#EXTINF:4,',
    '/proxy/segment/11.m4s',
    '#EXT-X-DISCONTINUITY',
    '#EXTINF:4,',
    '/proxy/segment/12.m4s',
    '',
  ]);
});

test('what takes over goes on counting, begins with a break, and keeps keys that were said before', () => {
  const first = writeMedia(media(MEDIA), BASE, addressOf, { shift: 90, from: 11, breaks: 5 });
  assert.match(
    first,
    /MEDIA-SEQUENCE:101\n#EXT-X-DISCONTINUITY-SEQUENCE:5\n#EXT-X-DISCONTINUITY\n#EXT-X-KEY.*\n#EXT-X-MAP/,
  );
  assert.ok(!first.includes('/10.m4s'));
  const later = media(MEDIA.replace('SEQUENCE:10', 'SEQUENCE:12'));
  const written = writeMedia(later, BASE, addressOf, { shift: 90, from: 11, breaks: 5 });
  assert.match(written, /MEDIA-SEQUENCE:102\n#EXT-X-DISCONTINUITY-SEQUENCE:6\n#EXT-X-KEY/);
});

test('a list of playlists keeps what it says of each, and the best one is found', () => {
  const text = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100,CODECS="avc1",AUDIO="a"
low.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9000,BANDWIDTH=900,AUDIO="a"
high.m3u8`;
  const master = readRelayed(text);
  assert.ok(master?.kind === 'master');
  assert.match(variantUrls(master, BASE)[0] ?? '', /high\.m3u8$/);
  const written = writeMaster(master, BASE, addressOf);
  assert.match(written, /URI="\/proxy\/playlist\/audio\.m3u8"/);
  assert.match(written, /BANDWIDTH=100,CODECS="avc1",AUDIO="a"\n\/proxy\/playlist\/low\.m3u8\n/);
});

test('no address of the provider is left, whatever stands in it', () => {
  const name = fc.stringMatching(/^[\w.-]{1,20}$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), fc.nat(1000), (names, number) => {
      const lines = names.flatMap((one) => ['#EXTINF:2,', `http://canary.example/${one}`]);
      const text = ['#EXTM3U', `#EXT-X-MEDIA-SEQUENCE:${number}`, ...lines].join('\r\n');
      const written = writeMedia(media(text), BASE, () => '/own');
      assert.ok(!written.includes('canary'));
      assert.equal(written.split('/own').length - 1, names.length);
    }),
  );
  for (const text of ['', '<html>', 'EXTM3U', '{"a":1}']) assert.equal(readRelayed(text), null);
});
