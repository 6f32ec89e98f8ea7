/** A hub on real sockets and a real database: router and admin API in this process, platforms that join it. */
import { type Party, type Role } from '@app/ocpi';
import { type RunningApp } from '@app/runtime';
import { readSettings, type Settings } from '@app/settings';
import { AdminClient, TestPlatform, type TestPlatformOptions } from '@app/testkit';
import { startAdmin } from '../../apps/admin/src/app';
import { startDelivery } from '../../apps/delivery/src/app';
import { startHubClientInfo } from '../../apps/hubclientinfo/src/app';
import { startRouter } from '../../apps/router/src/app';
import { freshDatabase } from './database';
import { freePort } from './ports';
import { TEST_KEYS } from './processes';

export const HUB_PARTY = 'DE*HUB';

/** A hub under test. */
export interface TestHub {
  readonly admin: AdminClient;
  readonly adminUrl: string;
  readonly settings: Settings;
  readonly versionsUrl: string;
  /** Starts a platform that the hub does not know yet. */
  start(name: string, parties: readonly Party[], more?: Partial<TestPlatformOptions>): Promise<TestPlatform>;
  /**
   * Starts a platform and registers it; where parties wait for approval, they are announced as the operator would.
   * Give its parties, and what differs from the usual.
   */
  join(name: string, parties: readonly Party[], more?: Partial<TestPlatformOptions>): Promise<JoinedPlatform>;
  /** One more router on the same database. */
  addRouter(env?: Record<string, string>): Promise<RunningApp & { readonly versionsUrl: string }>;
  /** A delivery worker on the same database. */
  addWorker(env?: Record<string, string>): Promise<RunningApp>;
  /** A status keeper on the same database. */
  addKeeper(env?: Record<string, string>): Promise<RunningApp>;
  close(): Promise<void>;
}

export type JoinedPlatform = TestPlatform & { readonly id: string };

/** A party from `NL*CPO`. */
export function party(name: string, role: Role): Party {
  const [countryCode = '', partyId = ''] = name.split('*');
  return { countryCode, partyId, role };
}

/** Settings of a process of the hub on free ports; what is given wins. */
async function hubSettings(env: Record<string, string>): Promise<Settings> {
  const given = { ...TEST_KEYS, ALLOW_PRIVATE_NETWORKS: 'true', LOG_LEVEL: 'silent', BIND_HOST: '127.0.0.1' };
  const ports = { OCPI_PORT: String(await freePort()), ADMIN_PORT: '0', METRICS_ON_OCPI_PORT: 'true' };
  const scheme = env.TLS_CERTIFICATE_FILE ? 'https' : 'http';
  const PUBLIC_URL = `${scheme}://127.0.0.1:${ports.OCPI_PORT}`;
  return readSettings({ ...given, ...ports, PUBLIC_URL, ...env });
}

/** Starts a hub with settings of its own; private networks are allowed, since its platforms are on loopback. */
export async function startHub(env: Record<string, string> = {}): Promise<TestHub> {
  const database = await freshDatabase();
  const closers: (() => Promise<void>)[] = [() => database.drop()];
  const settingsWith = (more: Record<string, string>): Promise<Settings> =>
    hubSettings({ DATABASE_URL: database.url, ...env, ...more });
  const settings = await settingsWith({});
  const router = await startRouter(settings);
  const adminApp = await startAdmin(settings);
  closers.push(
    () => router.close(),
    () => adminApp.close(),
  );
  const admin = new AdminClient(adminApp.url, settings.adminApiKey);
  const versionsUrl = `${settings.publicUrl}/ocpi/versions`;
  const start: TestHub['start'] = async (name, parties, more = {}) => {
    const platform = await TestPlatform.start({ name, roles: parties, ...more });
    closers.push(() => platform.close());
    return platform;
  };
  return {
    admin,
    adminUrl: adminApp.url,
    settings,
    versionsUrl,
    start,
    join: async (name, parties, more = {}) => {
      const platform = await start(name, parties, more);
      const announced = settings.partyApproval === 'on' ? parties : undefined;
      const { id, token_a } = await admin.createPlatform(name, announced);
      await platform.register(versionsUrl, token_a);
      return Object.assign(platform, { id });
    },
    addRouter: async (more = {}) => {
      const own = await settingsWith(more);
      const app = await startRouter(own);
      closers.push(() => app.close());
      return { ...app, versionsUrl: `${own.publicUrl}/ocpi/versions` };
    },
    addWorker: async (more = {}) => {
      const app = await startDelivery(await settingsWith({ DELIVERY_PORT: '0', ...more }));
      closers.push(() => app.close());
      return app;
    },
    addKeeper: async (more = {}) => {
      const app = await startHubClientInfo(await settingsWith({ HUBCLIENTINFO_PORT: '0', ...more }));
      closers.push(() => app.close());
      return app;
    },
    close: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}
