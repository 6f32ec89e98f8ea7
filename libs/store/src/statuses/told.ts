/** The channel on which routers and workers tell the keeper what they noticed: `alive {id}` or `suspect {id}`. */
export const TOLD_CHANNEL = 'hub_told';

const TOLD = /^(alive|suspect) (.+)$/;

/** What a payload of the channel says; `undefined` for one that no version of the hub sends. */
export function toldBy(payload: string): readonly ['alive' | 'suspect', string] | undefined {
  const [, kind, platformId] = TOLD.exec(payload) ?? [];
  return platformId === undefined ? undefined : [kind as 'alive' | 'suspect', platformId];
}
