/**
 * A key for each row, made of what it is: a row keeps its place in the page, and the focus in it, when others come or
 * go. Two rows that are the same are told apart by their order.
 */
export function keysOf<Row>(rows: readonly Row[], of: (row: Row) => string): string[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const key = of(row);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before ? `${key} ${before}` : key;
  });
}
