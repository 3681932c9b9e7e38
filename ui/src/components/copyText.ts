/** Copies plain text; falls back to a selection where the clipboard interface is missing (plain http on another name than localhost). */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "reader-only";
    document.body.append(field);
    field.select();
    // The only way left in such a page.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    document.execCommand("copy");
    field.remove();
  }
}
