import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/bindings.ts", "public"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.strict,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Numbers and bigints in template strings are what the catalogue and class names are made of.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `onClick={() => navigate(...)}` reads better than a block around one call.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Event handlers may be async; their rejections are shown by the mutation they await.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // `type` and `interface` both have their use.
      "@typescript-eslint/consistent-type-definitions": "off",
      // A sensible first focus in a dialog is part of the design (Cancel in a DangerDialog).
      "jsx-a11y/no-autofocus": "off",
      // An SVG instrument with role="img" and its keys is what section 6 of the interface reference asks for.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["tabpanel", "group", "img"], tags: [] }],
      // Every string a person reads comes from the catalogue.
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/[A-Za-z]{2,}/]", message: "Text belongs to src/i18n/en." },
        {
          selector: "JSXAttribute[name.name=/^(aria-label|title|label|placeholder|alt|description)$/] > Literal[value=/[A-Za-z]{2,}/]",
          message: "Text belongs to src/i18n/en.",
        },
      ],
      "no-restricted-globals": [
        "error",
        { name: "localStorage", message: "Only src/app/theme.ts keeps anything in the page, and nothing secret." },
        { name: "sessionStorage", message: "Nothing is kept in the page." },
      ],
      "no-console": "error",
    },
  },
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["**/*.test.{ts,tsx}", "e2e/**", "src/test/**"],
    rules: { "no-restricted-syntax": "off", "no-console": "off", "no-restricted-globals": "off" },
  },
);
