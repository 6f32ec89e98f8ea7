import { createLogger, type RunningApp, StartGate } from '@app/runtime';
import { describeSettings, type GivenSettings, type Settings } from '@app/settings';
import { migrate } from '@app/store';
import { startAdmin } from '../../admin/src/app';
import { startDelivery } from '../../delivery/src/app';
import { startHubClientInfo } from '../../hubclientinfo/src/app';
import { startRouter } from '../../router/src/app';
import { layGround, type Ground } from './ground';
import { readyText } from './ready-text';
import { Took } from './took';

type Undo = () => Promise<void>;

/**
 * Starts the whole hub in this process: database and queue where none are given, the migrations, then the four
 * apps; says on stdout where everything is. When a step fails, what was started before it is ended again.
 */
export async function startHub(given: GivenSettings): Promise<RunningApp> {
  const undo: Undo[] = [];
  const took = new Took();
  try {
    const ground = await took.note(
      'database and queue',
      layGround(given, (step) => undo.push(step)),
    );
    await took.note('migrations', migrate(ground.settings.databaseUrl));
    const apps = await took.note('apps', startApps(ground.settings, undo));
    sayReady(ground, apps, took.text);
    const { url, answersWithinMs } = apps.router;
    return { name: 'hub', url, answersWithinMs, lost: ground.lost, close: () => unwind(undo) };
  } catch (error) {
    await unwind(undo);
    throw error;
  }
}

async function startApps(settings: Settings, undo: Undo[]): Promise<Record<'router' | 'admin', RunningApp>> {
  const started: RunningApp[] = [];
  // The apps end together: a request in flight in one of them must not be waited for three times.
  undo.push(() => closeAll(started));
  const opened = async (starting: Promise<RunningApp>): Promise<RunningApp> => {
    const app = await starting;
    started.push(app);
    return app;
  };
  const gate = new StartGate();
  const admin = await opened(startAdmin(settings, gate));
  await opened(startDelivery(settings, { alone: true }, gate));
  await opened(startHubClientInfo(settings, gate));
  const router = await opened(startRouter(settings, gate));
  gate.open();
  return { admin, router };
}

async function closeAll(apps: readonly RunningApp[]): Promise<void> {
  const ends = await Promise.allSettled(apps.map((app) => app.close()));
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failed.length > 0) throw new Error(`${failed.length} of the apps did not close`, { cause: failed[0] });
}

/** Undoes last first; a step that fails keeps none of the others from being undone. */
async function unwind(undo: Undo[]): Promise<void> {
  const failed: unknown[] = [];
  for (let step = undo.pop(); step; step = undo.pop())
    await step().catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw failed[0];
}

function sayReady(ground: Ground, apps: Record<'router' | 'admin', RunningApp>, took: string): void {
  const { settings } = ground;
  createLogger('hub', settings.logLevel).info(describeSettings(settings), 'settings');
  process.stdout.write(readyText(settings.publicUrl, apps.admin.url, { ...ground.origin, took }));
}
