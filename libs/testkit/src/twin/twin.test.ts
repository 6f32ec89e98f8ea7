import { agreementStoreBehaviour } from './agreement-store-behaviour';
import { AgreementStoreTwin } from './agreement-store-twin';
import { apiKeyStoreBehaviour } from './api-key-store-behaviour';
import { ApiKeyStoreTwin } from './api-key-store-twin';
import { auditLogBehaviour } from './audit-log-behaviour';
import { AuditLogTwin } from './audit-log-twin';
import { detourStoreBehaviour } from './detour-store-behaviour';
import { DetourStoreTwin } from './detour-store-twin';
import { messageLogBehaviour } from './message-log-behaviour';
import { MessageLogTwin } from './message-log-twin';
import { objectStoreBehaviour } from './object-store-behaviour';
import { ObjectStoreTwin } from './object-store-twin';
import { ownerIndexBehaviour } from './owner-index-behaviour';
import { OwnerIndexTwin, type OwnerTable } from './owner-index-twin';
import { platformStoreBehaviour } from './platform-store-behaviour';
import { PlatformStoreTwin } from './platform-store-twin';
import { turnsBehaviour } from './turns-behaviour';
import { TurnsTwin } from './turns-twin';

platformStoreBehaviour('the in-memory twin', async () => {
  const twin = new PlatformStoreTwin();
  return { platforms: twin, changes: twin, suspend: async (id) => twin.suspend(id), end: () => twin.close() };
});

messageLogBehaviour('the in-memory twin', async () => {
  const twin = new MessageLogTwin();
  return { messageLog: twin, messageArchive: twin, end: () => twin.close() };
});

detourStoreBehaviour('the in-memory twin', async () => ({
  detours: new DetourStoreTwin(),
  platformIds: ['holder', 'owner'],
  end: async () => undefined,
}));

objectStoreBehaviour('the in-memory twin', async () => ({
  objects: new ObjectStoreTwin(),
  ...{ platformId: 'platform', otherId: 'other' },
  end: async () => undefined,
}));

ownerIndexBehaviour('the in-memory twin', async () => {
  const table: OwnerTable = new Map();
  const end = async (): Promise<void> => undefined;
  return { owners: new OwnerIndexTwin(table), other: new OwnerIndexTwin(table), end };
});

agreementStoreBehaviour('the in-memory twin', async () => {
  const agreements = new AgreementStoreTwin();
  const changes = new PlatformStoreTwin(agreements);
  return { agreements, changes, end: () => changes.close() };
});

apiKeyStoreBehaviour('the in-memory twin', async () => ({
  keys: new ApiKeyStoreTwin(),
  end: async () => undefined,
}));

auditLogBehaviour('the in-memory twin', async () => ({
  audit: new AuditLogTwin(),
  end: async () => undefined,
}));

turnsBehaviour('the in-memory twin', async () => {
  const turns = new TurnsTwin();
  return { turns: [turns, turns], end: async () => undefined };
});
