/**
 * Copies what stands in a field. Browsers give pages the clipboard only over HTTPS or on the own machine; elsewhere the
 * older command does, and where even that is refused the text is left selected for the person.
 */
export async function copyField(field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
