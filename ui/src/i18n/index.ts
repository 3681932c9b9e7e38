/**
 * Every sentence a person reads comes from here. One file of `en/` is one namespace; `en/index.ts` lists them.
 *
 * Keys are checked by the compiler (`t("wallet:overview.total")`), unused ones by `catalogue.test.ts`.
 */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import { pseudo } from "./pseudo";

declare module "i18next" {
  interface CustomTypeOptions {
    // All namespaces, so that `t("wallet:…")` is checked wherever it is written.
    defaultNS: ["frame", ...(keyof typeof en)[]];
    resources: typeof en;
    // Amounts and addresses are plain text here; React escapes what it draws.
    returnNull: false;
  }
}

/** The languages a person can choose, by their code and their own name. The pseudo-locale is for tests of layout. */
export const languages = { en: "English" } as const;

/** A language of the interface. */
export type Language = keyof typeof languages | "pseudo";

/** Starts the catalogue; every call after the first only switches the language. */
export function startCatalogue(language: Language = "en"): void {
  if (i18next.isInitialized) {
    if (i18next.language !== language) void i18next.changeLanguage(language);
    return;
  }
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    defaultNS: "frame",
    resources: { en, pseudo: pseudo(en) },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

/** Switches to the language of the settings: a code, or `system`. A language that is not there yet leaves English; the pseudo-locale stays. */
export function chooseLanguage(wanted: string): void {
  if (i18next.language === "pseudo") return;
  const codes = wanted === "system" ? navigator.languages.map((language) => language.split("-")[0] ?? "") : [wanted];
  const found = codes.find((code): code is keyof typeof languages => code in languages);
  startCatalogue(found ?? "en");
}

export { i18next };
