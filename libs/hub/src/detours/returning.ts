import { type Answer, type Permitted, type Receiver } from '../exchange';

/** An answer on its way back. */
export interface Returning {
  readonly message: Permitted;
  readonly receiver: Receiver;
  /** Where the request went. */
  readonly url: string;
  readonly answer: Answer;
}
