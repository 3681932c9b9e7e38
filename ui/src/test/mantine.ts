/** What Mantine's fields need and jsdom lacks. Import it before rendering whole pages; instruments measure nothing without it. */

window.ResizeObserver = class {
  observe() {
    // Nothing has a size here.
  }
  unobserve() {
    // See above.
  }
  disconnect() {
    // See above.
  }
};
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });
