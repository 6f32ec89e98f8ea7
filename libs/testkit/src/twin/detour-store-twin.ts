import { type Detour, type DetourStore } from '@app/hub';

/** In-memory twin of the port `DetourStore`. */
export class DetourStoreTwin implements DetourStore {
  private readonly detours = new Map<string, Detour>();

  async keep(detours: readonly Detour[]): Promise<void> {
    const taken = detours.find(({ id }) => this.detours.has(id));
    if (taken) throw new Error(`${taken.id} is taken`);
    for (const detour of detours) this.detours.set(detour.id, detour);
  }

  async find(id: string, now: Date): Promise<Detour | undefined> {
    const detour = this.detours.get(id);
    return detour && !isOver(detour, now) ? detour : undefined;
  }

  async findPage(list: string, offset: number, now: Date): Promise<Detour | undefined> {
    return [...this.detours.values()].findLast(
      (detour) => detour.page?.list === list && detour.page.offset === offset && !isOver(detour, now),
    );
  }

  async purge(now: Date, limit: number): Promise<number> {
    const over = [...this.detours.values()].filter((detour) => isOver(detour, now)).slice(0, limit);
    for (const { id } of over) this.detours.delete(id);
    return over.length;
  }
}

function isOver({ expiresAt }: Detour, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}
