/** A check constraint for a column that holds one of a few words: `status IN ('PLANNED', …)`. */
export function oneOf(column: string, words: readonly string[]): string {
  return `${column} IN (${words.map((word) => `'${word}'`).join(', ')})`;
}
