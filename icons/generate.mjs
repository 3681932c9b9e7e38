// Draws every icon file from the two SVG drawings beside this script and packs the Windows and macOS containers.
//
//   node icons/generate.mjs          needs rsvg-convert (Debian: librsvg2-bin, Homebrew: librsvg)
//
// `smapp.svg` is drawn from 48 px up, `smapp-small.svg` below (its strokes are heavier and it has one layer).
// ICO and ICNS are containers of PNG pictures, so packing them needs no tool.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const at = (name) => join(here, name);

/** The PNG bytes of the icon at `size` pixels. */
function draw(size, source = size < 48 ? "smapp-small.svg" : "smapp.svg") {
  return execFileSync("rsvg-convert", ["--width", String(size), "--height", String(size), at(source)], {
    maxBuffer: 1 << 24,
  });
}

/** ICO: a 6 byte header, 16 bytes per picture, then the pictures. 256 is written as 0. */
function ico(sizes) {
  const pictures = sizes.map((size) => draw(size));
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  pictures.forEach((picture, i) => {
    const entry = 6 + 16 * i;
    head.writeUInt8(sizes[i] % 256, entry);
    head.writeUInt8(sizes[i] % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(picture.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += picture.length;
  });
  return Buffer.concat([head, ...pictures]);
}

/** ICNS: "icns", total length, then (type, length with these 8 bytes, PNG) for each picture; all big-endian. */
function icns(kinds) {
  const chunks = kinds.map(([type, size]) => {
    const picture = draw(size);
    const head = Buffer.alloc(8);
    head.write(type, 0, "latin1");
    head.writeUInt32BE(picture.length + 8, 4);
    return Buffer.concat([head, picture]);
  });
  const body = Buffer.concat(chunks);
  const head = Buffer.alloc(8);
  head.write("icns", 0, "latin1");
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) writeFileSync(at(`${size}x${size}.png`), draw(size));
writeFileSync(at("128x128@2x.png"), readFileSync(at("256x256.png")));
writeFileSync(at("menubar.png"), draw(44, "smapp-menubar.svg"));
writeFileSync(at("icon.ico"), ico([16, 24, 32, 48, 64, 256]));
writeFileSync(
  at("icon.icns"),
  icns([
    ["icp4", 16],
    ["icp5", 32],
    ["ic11", 32],
    ["ic12", 64],
    ["ic07", 128],
    ["ic13", 256],
    ["ic08", 256],
    ["ic14", 512],
    ["ic09", 512],
    ["ic10", 1024],
  ]),
);
