/** Runs before every test file: matchers for what a person sees, and what jsdom lacks. */
import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { startCatalogue } from "../i18n";

beforeEach(() => startCatalogue());
afterEach(cleanup);

if (typeof window !== "undefined") {
  // No media query matches: a wide, light window with a mouse.
  window.matchMedia = (media) =>
    ({
      media,
      matches: false,
      onchange: null,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      dispatchEvent: () => false,
    }) as unknown as MediaQueryList;
  Element.prototype.scrollIntoView = () => undefined;
}
