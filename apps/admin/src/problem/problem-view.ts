import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { PROBLEMS, type ProblemCode } from './problem-rows';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** One input that was refused. */
export class DetailView {
  @ApiProperty({
    example: 'planned_parties[0].role',
    description: 'Path into the body, or the name of a query or path parameter.',
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

/** Documents which refusals an endpoint knows, each with its example, under their HTTP statuses. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const sameStatus = (status: number) => codes.filter((code) => PROBLEMS[code].status === status);
  return applyDecorators(...statuses.map((status) => responseFor(status, sameStatus(status))));
}

function responseFor(status: number, codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const examples = codes.map((code) => [
    code,
    { summary: PROBLEMS[code].message, value: { code, ...PROBLEMS[code] } },
  ]);
  return ApiResponse({
    status,
    type: ProblemView,
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].message}`).join('; '),
    examples: Object.fromEntries(examples) as Record<string, { summary: string; value: ProblemView }>,
  });
}
