/** The OpenAPI document of a running admin API, and whether answers are what it says. */
import { type CallAnswer } from '@app/testkit';
import { type ValidateFunction } from 'ajv';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

type Contents = Readonly<Record<string, Media>>;

interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Contents;
}

/** One call of the API; `path` has its parameters in braces. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, Response>>;
  readonly security: readonly { readonly bearer: readonly string[] }[];
}

interface Text {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'id'>>>>>;
}

const JSON_TYPE = 'application/json';

export class Document {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly compiled = new Map<object, ValidateFunction>();

  constructor(readonly text: Text) {
    this.operations = Object.entries(text.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, said]) => operationOf(method, path, said)),
    );
    addFormats(this.ajv);
    this.ajv.addSchema(closed(text) as object, 'document');
  }

  static async of(adminUrl: string): Promise<Document> {
    const answer = await fetch(`${adminUrl}/admin/openapi.json`);
    return new Document((await answer.json()) as Text);
  }

  /** What an answer has that the document does not say of it, or lacks. */
  faultsOf({ responses }: Operation, answer: CallAnswer): string[] {
    const response = responses[String(answer.httpStatus)];
    if (response === undefined) return [`HTTP ${answer.httpStatus} is not in the document`];
    const missing = Object.keys(response.headers ?? {}).filter(
      (name) => !(name.toLowerCase() in answer.headers),
    );
    const lacking = missing.map((name) => `the header ${name} is missing`);
    const media = response.content?.[JSON_TYPE];
    if (media === undefined) return [...lacking, ...(answer.body.length > 0 ? ['it has a body'] : [])];
    const type = answer.headers['content-type']?.startsWith(JSON_TYPE) ? [] : ['it is not JSON'];
    return [...lacking, ...type, ...this.bodyFaults(media, answer.json<unknown>())];
  }

  /** The examples of an operation's bodies that are missing, or are not what their schema says. */
  exampleFaults({ requestBody, responses }: Operation): string[] {
    const bodies = { request: requestBody ?? {}, ...responses } as Record<string, { content?: Contents }>;
    return Object.entries(bodies).flatMap(([name, { content = {} }]) =>
      Object.values(content).flatMap((media) => this.mediaFaults(media).map((fault) => `${name}: ${fault}`)),
    );
  }

  private mediaFaults(media: Media): string[] {
    const given = media.example === undefined ? [] : [media.example];
    const examples = [...given, ...Object.values(media.examples ?? {}).map(({ value }) => value)];
    if (examples.length === 0) return ['there is no example'];
    return examples.flatMap((example) => this.schemaFaults(media.schema, example));
  }

  private bodyFaults(media: Media, body: unknown): string[] {
    const { code } = (body ?? {}) as { code?: string };
    const isKnown = media.examples === undefined || (code !== undefined && code in media.examples);
    return [
      ...(isKnown ? [] : [`the refusal ${code} is not in the document`]),
      ...this.schemaFaults(media.schema, body),
    ];
  }

  private schemaFaults(schema: object, value: unknown): string[] {
    let validate = this.compiled.get(schema);
    if (validate === undefined) {
      validate = this.ajv.compile(within(schema) as object);
      this.compiled.set(schema, validate);
    }
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'body'} ${message}`);
  }
}

function operationOf(method: string, path: string, said: Omit<Operation, 'id'>): Operation {
  const { operationId } = said as unknown as { operationId: string };
  return { ...said, parameters: said.parameters ?? [], id: operationId, method: method.toUpperCase(), path };
}

/** Schemas that hold no field that they do not name: what the hub answers must be in its document. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const own = 'properties' in node && 'type' in node ? { additionalProperties: false } : {};
  return { ...own, ...Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)])) };
}

/** A schema whose references lead into the document. */
function within(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(within);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === '$ref' ? `document${value}` : within(value)]),
  );
}
