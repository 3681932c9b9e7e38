// A display as its window manager sees it: which windows there are, whether they are on the screen, and the message that a close button sends.
//
// Speaks the X protocol over the display's socket (the few requests that are needed; all numbers little-endian), so that the window test
// needs no tool that may not be installed. There is no window manager on the test's display, so windows are children of the root.

import { once } from "node:events";
import { connect } from "node:net";
import { crc32, deflateSync } from "node:zlib";

const GET_WINDOW_ATTRIBUTES = 3;
const GET_GEOMETRY = 14;
const QUERY_TREE = 15;
const INTERN_ATOM = 16;
const GET_PROPERTY = 20;
const SEND_EVENT = 25;
const GET_INPUT_FOCUS = 43;
const GET_IMAGE = 73;
const CLIENT_MESSAGE = 33;
/** Predefined atoms. */
const WM_CLASS = 67;
const STRING = 31;
const VIEWABLE = 2;
/** Whole pixels, 32 bits each: blue, green, red, unused. */
const Z_PIXMAP = 2;

const padded = (length) => (length + 3) & ~3;

/** A connection to the display named by `DISPLAY`. */
export class X11 {
  #socket;
  #received = Buffer.alloc(0);
  #wake = () => undefined;
  #root = 0;
  #busy = Promise.resolve();

  static async open(display = process.env.DISPLAY) {
    const number = /^:(\d+)/.exec(display ?? "")?.[1];
    if (number === undefined) throw new Error(`expected a local display such as :1, not ${display}`);
    const x = new X11();
    x.#socket = connect(`/tmp/.X11-unix/X${number}`);
    await once(x.#socket, "connect");
    x.#socket.on("data", (data) => {
      x.#received = Buffer.concat([x.#received, data]);
      x.#wake();
    });
    const hello = Buffer.alloc(12);
    hello.write("l", 0);
    hello.writeUInt16LE(11, 2);
    x.#socket.write(hello);
    const head = await x.#read(8);
    const setup = await x.#read(head.readUInt16LE(6) * 4);
    if (head[0] !== 1) throw new Error(`the display refused: ${setup.subarray(0, head[1]).toString()}`);
    const vendor = setup.readUInt16LE(16);
    const formats = setup[21];
    x.#root = setup.readUInt32LE(32 + padded(vendor) + 8 * formats);
    return x;
  }

  close() {
    this.#socket.destroy();
  }

  /** Windows of programs whose WM_CLASS holds `name`: `{ id, visible }`. */
  async windows(name) {
    const tree = await this.#ask(QUERY_TREE, 0, [this.#root]);
    const count = tree.readUInt16LE(16);
    const found = [];
    for (let i = 0; i < count; i += 1) {
      const id = tree.readUInt32LE(32 + 4 * i);
      // A window may go away between two requests; then it is not there.
      const classes = await this.#ask(GET_PROPERTY, 0, [id, WM_CLASS, STRING, 0, 64]).catch(() => undefined);
      const text = classes?.subarray(32, 32 + classes.readUInt32LE(16)).toString("latin1") ?? "";
      if (!text.toLowerCase().includes(name.toLowerCase())) continue;
      const attributes = await this.#ask(GET_WINDOW_ATTRIBUTES, 0, [id]).catch(() => undefined);
      if (attributes !== undefined && attributes.readUInt16LE(12) === 1) found.push({ id, visible: attributes[26] === VIEWABLE });
    }
    return found;
  }

  /** The window that has the keyboard. */
  async focused() {
    return (await this.#ask(GET_INPUT_FOCUS, 0, [])).readUInt32LE(8);
  }

  /** What a window manager sends when a person clicks the close button. */
  async closeButton(window) {
    const [protocols, deleteWindow] = [await this.#atom("WM_PROTOCOLS"), await this.#atom("WM_DELETE_WINDOW")];
    const event = Buffer.alloc(32);
    event[0] = CLIENT_MESSAGE;
    event[1] = 32;
    event.writeUInt32LE(window, 4);
    event.writeUInt32LE(protocols, 8);
    event.writeUInt32LE(deleteWindow, 12);
    this.#send(SEND_EVENT, 0, Buffer.concat([words([window, 0]), event]));
    // A request with an answer, so that the event has left when this returns.
    await this.focused();
  }

  /** What the screen shows of a window, as PNG. */
  async picture(window) {
    const geometry = await this.#ask(GET_GEOMETRY, 0, [window]);
    const [width, height] = [geometry.readUInt16LE(16), geometry.readUInt16LE(18)];
    const image = await this.#ask(GET_IMAGE, Z_PIXMAP, [window, 0, (height << 16) | width, 0xffffffff]);
    return png(image.subarray(32), width, height);
  }

  /** Position and size of a window. */
  async place(window) {
    const geometry = await this.#ask(GET_GEOMETRY, 0, [window]);
    return { x: geometry.readInt16LE(12), y: geometry.readInt16LE(14), width: geometry.readUInt16LE(16), height: geometry.readUInt16LE(18) };
  }

  async #atom(name) {
    const body = Buffer.alloc(4 + padded(name.length));
    body.writeUInt16LE(name.length, 0);
    body.write(name, 4, "latin1");
    return (await this.#serial(() => this.#request(INTERN_ATOM, 0, body))).readUInt32LE(8);
  }

  #ask(opcode, detail, numbers) {
    return this.#serial(() => this.#request(opcode, detail, words(numbers)));
  }

  /** One request at a time: answers carry no name. */
  #serial(work) {
    const next = this.#busy.then(work, work);
    this.#busy = next.catch(() => undefined);
    return next;
  }

  async #request(opcode, detail, body) {
    this.#send(opcode, detail, body);
    for (;;) {
      const head = await this.#read(32);
      if (head[0] === 0) throw new Error(`X error ${head[1]} for request ${head[10]}`);
      // Events are nobody's answer.
      if (head[0] !== 1) continue;
      const rest = head.readUInt32LE(4) * 4;
      return rest === 0 ? head : Buffer.concat([head, await this.#read(rest)]);
    }
  }

  #send(opcode, detail, body) {
    const head = Buffer.alloc(4);
    head[0] = opcode;
    head[1] = detail;
    head.writeUInt16LE(1 + body.length / 4, 2);
    this.#socket.write(Buffer.concat([head, body]));
  }

  async #read(length) {
    while (this.#received.length < length) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

function words(numbers) {
  const body = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => body.writeUInt32LE(number >>> 0, 4 * i));
  return body;
}

/** PNG of rows of blue, green, red, unused. */
function png(pixels, width, height) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [from, to] = [4 * (y * width + x), y * (1 + 3 * width) + 1 + 3 * x];
      rows[to] = pixels[from + 2];
      rows[to + 1] = pixels[from + 1];
      rows[to + 2] = pixels[from];
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
