/**
 * A creation that its caller may ask for again under one key, and that is done once: what was made and what
 * was answered are written in one transaction, so that neither is ever there without the other.
 */
export interface Once<Outcome> {
  /** The caller's key; keys of different calls of the API must not be equal. */
  readonly key: string;
  /** What was asked for, e.g. a hash of the body: the key stands for this and for nothing else. */
  readonly request: string;
  /** Until when it is known; afterwards the key is as good as new. */
  readonly expiresAt: Date;
  /** What is answered, now and again; it is kept encrypted. `undefined` when nothing was made: nothing is kept. */
  answer(outcome: Outcome): string | undefined;
}

export type Repetition =
  /** It was done before: nothing was made now, and this was the answer. */
  | { readonly outcome: 'repeated'; readonly answer: string }
  /** The key stands for another request; nothing was made. */
  | { readonly outcome: 'key_reused' };
