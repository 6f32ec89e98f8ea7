/** Examples of whole bodies, put together from those of their fields: nobody writes one twice. */
import { type OpenAPIObject } from '@nestjs/swagger';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Content {
  readonly schema?: Schema;
  example?: unknown;
  readonly examples?: unknown;
}

interface Said {
  readonly requestBody?: { readonly content?: Contents };
  readonly responses?: Readonly<Record<string, { readonly content?: Contents }>>;
}

type Contents = Readonly<Record<string, Content>>;
type Schemas = Readonly<Record<string, Schema>>;

/** Gives an example to each body of each call that has none of its own. */
export function addExamples(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item) as Said[]);
  for (const { requestBody, responses = {} } of operations) {
    for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)]) {
      for (const body of Object.values(content)) {
        if (body.example === undefined && body.examples === undefined && body.schema !== undefined)
          body.example = exampleOf(body.schema, schemas, []);
      }
    }
  }
}

/** @param inside the schemas that this one is part of: one that holds itself is left empty there */
function exampleOf(schema: Schema, schemas: Schemas, inside: readonly string[]): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return inside.includes(name) ? undefined : exampleOf(schemas[name] ?? {}, schemas, [...inside, name]);
  }
  if (schema.example !== undefined) return schema.example;
  const parts = schema.oneOf ?? schema.allOf;
  if (parts !== undefined) return exampleOf(parts[0]!, schemas, inside);
  const { items, properties } = schema;
  if (items !== undefined) return [exampleOf(items, schemas, inside)].filter((item) => item !== undefined);
  if (properties !== undefined) {
    const fields = Object.entries(properties);
    return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(field, schemas, inside)]));
  }
  return schema.default ?? schema.enum?.[0] ?? simplest(schema.type);
}

/** A field whose simplest value says enough; a text has none, and needs an example of its own. */
function simplest(type: Schema['type']): unknown {
  if (typeof type === 'object' && type.includes('null')) return null;
  return type === 'boolean' ? false : undefined;
}
