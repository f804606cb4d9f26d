/** Encoders of H.264 that are tried, the best first: those of graphics cards cost no processor. A new one is a row here. */
import type { VideoEncoder } from '../../lib/transcode/ffmpeg-arguments.ts';

const PIXELS = 'format=yuv420p';
const RENDER_DEVICE = '/dev/dri/renderD128';

export const ENCODERS: readonly VideoEncoder[] = [
  {
    name: 'h264_nvenc',
    isHardware: true,
    device: [],
    filter: PIXELS,
    options: ['-preset', 'p4', '-profile:v', 'high'],
  },
  {
    name: 'h264_qsv',
    isHardware: true,
    device: ['-init_hw_device', 'qsv=hw'],
    filter: 'format=nv12',
    options: ['-preset', 'veryfast'],
  },
  {
    name: 'h264_vaapi',
    isHardware: true,
    device: ['-vaapi_device', RENDER_DEVICE],
    filter: 'format=nv12,hwupload',
    options: ['-profile:v', 'high'],
  },
  {
    name: 'h264_videotoolbox',
    isHardware: true,
    device: [],
    filter: PIXELS,
    options: ['-realtime', '1'],
  },
  {
    name: 'libx264',
    isHardware: false,
    device: [],
    filter: PIXELS,
    options: ['-preset', 'veryfast', '-profile:v', 'high', '-sc_threshold', '0'],
  },
  { name: 'libopenh264', isHardware: false, device: [], filter: PIXELS, options: [] },
];
