import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../admin-controller';
import { pageRequest, pageView } from '../paging';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { Contract } from '../contract';
import { ApiProblems, invalid, Problem } from '../problem';
import { UuidPipe } from '../validation';
import { auditFilter, AuditQuery } from './audit-query';
import { AuditEntryView, auditEntryView, AuditPage, auditSummaryView } from './audit-view';

/** A misspelt name must not look like a call that nobody made. */
const unknownAction = (): Problem =>
  invalid('action', 'action must be an operationId of /admin/openapi.json, such as suspendPlatform');

/** The audit log: who changed what through this API, who read payloads, and when. It is kept for ever. */
@AdminController('audit')
export class AuditController {
  constructor(
    @Inject(ADMIN_PARTS) private readonly parts: AdminParts,
    @Inject(Contract) private readonly contract: Contract,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Changes made through this API, and reads of payloads, newest first',
  })
  @ApiOkResponse({ type: AuditPage })
  @ApiProblems('invalid_input')
  async list(@Query() query: AuditQuery): Promise<AuditPage> {
    const { action, target } = query;
    if (action !== undefined && !this.contract.isOperation(action)) throw unknownAction();
    if (target !== undefined && !this.contract.isResource(target)) throw unknownTarget();
    return pageView(await this.parts.audit.list(auditFilter(query), pageRequest(query)), auditSummaryView);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showAuditEntry', summary: 'One entry, with input, before and after' })
  @ApiOkResponse({ type: AuditEntryView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('id', UuidPipe) id: string): Promise<AuditEntryView> {
    const entry = await this.parts.audit.find(id);
    if (!entry) throw new Problem('not_found', [{ field: 'id', message: 'no entry has this id' }]);
    return auditEntryView(entry);
  }
}

function unknownTarget(): Problem {
  return invalid('target', 'target must be a path below /admin/v1/, such as platforms or platforms/{id}');
}
