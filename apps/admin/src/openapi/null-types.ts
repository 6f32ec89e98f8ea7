/**
 * A document whose schemas say null the way of 3.1, which has no `nullable`: null is one more type.
 * Spec: OpenAPI 3.1.0, Schema Object (JSON Schema 2020-12).
 */
export function withNullTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullTypes);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as { nullable?: unknown; type?: unknown; allOf?: unknown };
  const own = nullable === true ? orNull(rest) : rest;
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, withNullTypes(value)]));
}

function orNull({ allOf, ...schema }: { readonly type?: unknown; readonly allOf?: unknown }): object {
  const { type, ...others } = schema;
  if (Array.isArray(allOf)) return { ...others, oneOf: [...(allOf as unknown[]), { type: 'null' }] };
  return { ...others, type: [type, 'null'] };
}
