import { AsyncLocalStorage } from 'node:async_hooks';

interface Running {
  isChange: boolean;
}

const running = new AsyncLocalStorage<Running>();

/** Says of the call that is under way that it changed nothing: a dry run, a repeated creation. */
export function nothingChanged(): void {
  const call = running.getStore();
  if (call !== undefined) call.isChange = false;
}

/** Does the work, and tells whether it was a change: it was unless it said otherwise. */
export async function watched<T>(
  work: () => Promise<T>,
): Promise<{ readonly answer: T; readonly isChange: boolean }> {
  const call: Running = { isChange: true };
  const answer = await running.run(call, work);
  return { answer, isChange: call.isChange };
}
