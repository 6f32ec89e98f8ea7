import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  getSchemaPath,
} from '@nestjs/swagger';
import { type AgreementOutcome } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { AdminController } from '../admin-controller';
import { nothingChanged } from '../audit';
import { ApiIdempotent, created, IdempotencyKey } from '../idempotency';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, Problem } from '../problem';
import { toPartyKey } from '../rules';
import { UuidPipe } from '../validation';
import { AgreementInput, AgreementQuery, ImportQuery, newAgreement, requireAhead } from './agreement-input';
import { AgreementPage, AgreementView, agreementView } from './agreement-view';
import { checkImport, type FaultyRow } from './import-check';
import { importReport } from './import-report';
import { importRows } from './import-rows';
import { ImportReportView } from './import-view';

/** More faults than this are not told in a refusal; a dry run tells those of each row. */
const MAX_FAULTS = 100;
const CSV_EXAMPLE = `from,to,modules,effect,both_ways,valid_from,valid_until,note
NL*TNM/CPO,DE*ABC,locations tariffs,allow,true,2026-01-01T00:00:00Z,,Contract 2026-17
*,FR*XYZ,*,deny,,,,
`;

/** Agreements: who may exchange which modules with whom. Every process follows a change within a second. */
@AdminController('agreements')
export class AgreementsController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Post()
  @ApiOperation({ operationId: 'createAgreement', summary: 'Allow or deny an exchange' })
  @ApiCreatedResponse({ type: AgreementView })
  @ApiProblems('invalid_input', 'malformed_json', 'agreement_exists')
  @ApiProblems('body_too_large', 'unsupported_media_type')
  @ApiIdempotent()
  async create(
    @Body() input: AgreementInput,
    @IdempotencyKey() key: string | undefined,
  ): Promise<AgreementView> {
    const { agreements, registration } = this.parts;
    const agreement = newAgreement(input);
    const now = registration.now();
    requireAhead(agreement, now);
    return created({
      ...{ call: 'agreements', key, input, now, view: madeView },
      create: () => agreements.create(agreement, now),
      createOnce: (once) => agreements.createOnce(once, agreement, now),
    });
  }

  @Get()
  @ApiOperation({ operationId: 'listAgreements', summary: 'Agreements in the order of their creation' })
  @ApiOkResponse({ type: AgreementPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: AgreementQuery): Promise<AgreementPage> {
    const filter = { party: query.party === undefined ? undefined : toPartyKey(query.party) };
    return pageView(await this.parts.agreements.list(filter, pageRequest(query)), agreementView);
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'importAgreements',
    summary:
      'Make all agreements of a list that are not there yet, or none; with dry_run tell what it would do',
    description:
      'What is there already stays as it is, and nothing is withdrawn. The report says of each row what becomes of it. At most 10,000 rows and 1 MiB.',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { type: 'array', items: { $ref: getSchemaPath(AgreementInput) } } },
        'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE },
      },
    },
  })
  @ApiOkResponse({ type: ImportReportView })
  @ApiProblems('invalid_input', 'malformed_json', 'body_too_large', 'unsupported_media_type')
  async import(@Query() query: ImportQuery, @Req() request: FastifyRequest): Promise<ImportReportView> {
    const { agreements: store, registration } = this.parts;
    const checked = await checkImport(importRows(request.body));
    const given = checked.readable.map(({ agreement }) => agreement);
    if (query.dry_run) {
      nothingChanged();
      return importReport(true, checked, await store.previewImport(given));
    }
    if (checked.faulty.length > 0) throw importRefused(checked.faulty);
    return importReport(false, checked, await store.importAll(given, registration.now()));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showAgreement', summary: 'One agreement' })
  @ApiOkResponse({ type: AgreementView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<AgreementView> {
    const agreement = await this.parts.agreements.find(id);
    if (!agreement) throw noAgreement();
    return agreementView(agreement);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'withdrawAgreement', summary: 'Withdraw an agreement' })
  @ApiNoContentResponse({ description: 'It holds no more.' })
  @ApiProblems('invalid_input', 'not_found')
  async withdraw(@Param('id', UuidPipe) id: string): Promise<void> {
    if (!(await this.parts.agreements.remove(id))) throw noAgreement();
  }
}

function madeView(outcome: AgreementOutcome): AgreementView {
  if (outcome.outcome === 'done') return agreementView(outcome.agreement);
  throw new Problem('agreement_exists', [{ field: 'id', message: outcome.id }]);
}

function noAgreement(): Problem {
  return new Problem('not_found', [{ field: 'id', message: 'no agreement has this id' }]);
}

function importRefused(faulty: readonly FaultyRow[]): Problem {
  const details = faulty.flatMap(({ row, faults }) =>
    faults.map(({ field, message }) => ({ field: `row ${row}: ${field}`, message })),
  );
  return new Problem('invalid_input', details.slice(0, MAX_FAULTS));
}
