import { ApiProperty, ApiPropertyOptional, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from './problem-rows';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** One input that was refused. */
export class DetailView {
  @ApiProperty({
    example: 'planned_parties[0].role',
    description: 'Path into the body, or the name of a query or path parameter, or of a header.',
  })
  field: string;
  @ApiProperty({ example: 'role must be CPO, EMSP, NAP, NSP, OTHER or SCSP (HUB is the hub itself)' })
  message: string;
}

/** The body of every error answer. */
export class ProblemView {
  @ApiProperty({ type: 'integer', example: 400, description: 'The HTTP status.' }) status: number;
  @ApiProperty({ enum: CODES, example: 'invalid_input', description: 'What to match on.' }) code: ProblemCode;
  @ApiProperty({ example: PROBLEMS.invalid_input.message, description: 'For people.' }) message: string;
  @ApiPropertyOptional({ type: [DetailView] }) details?: readonly DetailView[];
}

/** What a call or a controller was said to refuse so far. */
const said = new WeakMap<object, readonly ProblemCode[]>();

/** Documents which refusals an endpoint knows, each with its example, under their HTTP statuses. They add up. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  return (target: object, property?: string | symbol, method?: PropertyDescriptor): void => {
    const place = (method?.value as object | undefined) ?? target;
    const all = [...new Set([...(said.get(place) ?? []), ...codes])];
    said.set(place, all);
    for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
      const { description, examples } = described(all.filter((code) => PROBLEMS[code].status === status));
      const decorate = ApiResponse({ status, type: ProblemView, description, examples });
      (decorate as (...where: unknown[]) => void)(target, property, method);
    }
  };
}

/** The same for a document that is made already: refusals of one HTTP status. */
export function problemAnswer(codes: readonly ProblemCode[]): object {
  const { description, examples } = described(codes);
  return {
    description,
    content: { 'application/json': { schema: { $ref: getSchemaPath(ProblemView) }, examples } },
  };
}

function exampleOf(code: ProblemCode): ProblemView {
  const { status, message } = PROBLEMS[code];
  return { code, status, message };
}

type Examples = Record<string, { summary: string; value: ProblemView }>;

function described(codes: readonly ProblemCode[]): { description: string; examples: Examples } {
  const examples = codes.map((code) => [code, { summary: PROBLEMS[code].message, value: exampleOf(code) }]);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].message}`).join('; '),
    examples: Object.fromEntries(examples) as Examples,
  };
}
