/**
 * A sentence with its fields in place of the words in braces; undefined where there is no sentence, or a field of it is
 * missing: half a sentence helps nobody.
 */
export function fill(
  sentence: string | undefined,
  fields: Readonly<Record<string, string | number>>,
): string | undefined {
  if (sentence === undefined) return undefined;
  let whole = true;
  const filled = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    whole &&= name in fields;
    return String(fields[name]);
  });
  return whole ? filled : undefined;
}
