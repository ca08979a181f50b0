import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Colours that are kept as they are: the plain surfaces. The other half stands for the edges of letters. */
const EXACT = 128;
const COLORS = 256;

/**
 * A screenshot with at most 256 colours, which is about a third of the size.
 * @param {Buffer} png 8 bits a channel, RGB or RGBA without transparency, not interlaced: as Chromium makes them
 */
export function shrinkPng(png) {
  const { width, height, pixels } = readPng(png);
  const counts = new Map();
  for (const color of pixels) {
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const byUse = [...counts].sort((a, b) => b[1] - a[1]);
  const palette = byUse.slice(0, EXACT).map(([color]) => color);
  if (byUse.length > EXACT) {
    palette.push(...averages(byUse.slice(EXACT), COLORS - EXACT));
  }
  const places = new Map(byUse.map(([color]) => [color, nearest(palette, color)]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      lines[y * (width + 1) + 1 + x] = places.get(pixels[y * width + x]);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colors = Buffer.from(palette.flatMap(channels));
  const data = deflateSync(lines, { level: 9, memLevel: 9 });
  return Buffer.concat([
    SIGNATURE,
    writeChunk("IHDR", header),
    writeChunk("PLTE", colors),
    writeChunk("IDAT", data),
    writeChunk("IEND", Buffer.alloc(0)),
  ]);
}

function channels(color) {
  return [color >> 16, (color >> 8) & 255, color & 255];
}

/** Cuts the colours into groups at the middle of their widest channel, and takes each group's mean. */
function averages(colors, count) {
  const groups = [colors.map(([color, uses]) => ({ parts: channels(color), uses }))];
  while (groups.length < count) {
    const widest = groups.reduce((best, group) => (spread(group).range > spread(best).range ? group : best));
    const { range, channel } = spread(widest);
    if (range === 0) {
      break;
    }
    widest.sort((a, b) => a.parts[channel] - b.parts[channel]);
    groups.push(widest.splice(widest.length >> 1));
  }
  return groups.map((group) => {
    const uses = group.reduce((sum, one) => sum + one.uses, 0);
    const mean = (channel) => Math.round(group.reduce((sum, { parts, uses }) => sum + parts[channel] * uses, 0) / uses);
    return (mean(0) << 16) | (mean(1) << 8) | mean(2);
  });
}

function spread(group) {
  const ranges = [0, 1, 2].map((channel) => {
    const values = group.map(({ parts }) => parts[channel]);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  });
  const range = Math.max(...ranges);
  return { range, channel: ranges.indexOf(range) };
}

function nearest(palette, color) {
  const [red, green, blue] = channels(color);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, other] of palette.entries()) {
    const distance =
      2 * ((other >> 16) - red) ** 2 + 4 * (((other >> 8) & 255) - green) ** 2 + 3 * ((other & 255) - blue) ** 2;
    if (distance >= least) {
      continue;
    }
    least = distance;
    best = place;
  }
  return best;
}

/** Pixels as 0xRRGGBB. */
function readPng(png) {
  let data = Buffer.alloc(0);
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      data = Buffer.concat([data, png.subarray(at + 8, at + 8 + length)]);
    }
    at += length + 12;
  }
  const [width, height, bytes] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const lines = unfilter(inflateSync(data), width * bytes, height, bytes);
  const pixels = new Uint32Array(width * height);
  for (let n = 0; n < pixels.length; n++) {
    pixels[n] = lines.readUIntBE(n * bytes, 3);
  }
  return { width, height, pixels };
}

/** Undoes what PNG does to each line: a byte is stored as its difference to those left of and above it. */
function unfilter(stored, stride, height, bytes) {
  const lines = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = stored[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= bytes ? lines[at - bytes] : 0;
      const up = y > 0 ? lines[at - stride] : 0;
      const corner = x >= bytes && y > 0 ? lines[at - stride - bytes] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      lines[at] = stored[at + y + 1] + guess;
    }
  }
  return lines;
}

function paeth(left, up, corner) {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) {
    return left;
  }
  return b <= c ? up : corner;
}

function writeChunk(type, data) {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(checksum(chunk.subarray(4, data.length + 8)), data.length + 8);
  return chunk;
}

/** CRC-32, which node:zlib of Node 20.19 does not have. */
function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return ~sum >>> 0;
}
