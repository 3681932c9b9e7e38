/** The measured width of an element, so that drawings are laid out and never scaled. */
import { useLayoutEffect, useState, type RefObject } from "react";

/** Width assumed where nothing can be measured (no layout engine). */
const UNMEASURED = 720;

/** The element's width in CSS pixels, 0 before the first measurement. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => (typeof ResizeObserver === "undefined" ? UNMEASURED : 0));
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null || typeof ResizeObserver === "undefined") {
      return undefined;
    }
    // The observer reports the first width before anything is painted.
    const observer = new ResizeObserver(() => {
      setWidth(Math.floor(element.getBoundingClientRect().width));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [ref]);
  return width;
}
