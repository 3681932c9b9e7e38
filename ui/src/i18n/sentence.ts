/** Sentences that the program sends with their key: the catalogue's text when it has one, else the English text that came along. */
import { useTranslation } from "react-i18next";
import type { Sentence } from "../bindings";

/** The text of a key that the compiler can't know because it comes from the program; `undefined` when the catalogue has none. */
export function useProgramText(): (key: string, values?: Sentence["values"]) => string | undefined {
  const { i18n } = useTranslation();
  const text = i18n.t.bind(i18n) as unknown as (key: string, values?: Sentence["values"]) => string;
  return (key, values) => (i18n.exists(key) ? text(key, values) : undefined);
}

/** Turns sentences of the program into text. */
export function useSentence(): (sentence: Sentence) => string {
  const text = useProgramText();
  return (sentence) => text(`program:${sentence.key}`, sentence.values) ?? sentence.text;
}
