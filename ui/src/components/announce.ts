/**
 * The page's voice: short sentences for readers, also shown for some seconds as a line at the bottom ("Address copied, ends 2gdz9k").
 * `Announcer` in the frame listens.
 */

type Listener = (text: string) => void;

const listeners = new Set<Listener>();

/** Says a sentence. */
export function announce(text: string): void {
  listeners.forEach((listener) => listener(text));
}

/** Hears every sentence until the returned function is called. */
export function onAnnounce(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
