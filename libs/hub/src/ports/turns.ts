/** PORT: one after the other, in whichever process. */
export interface Turns {
  /** Does the work while nobody else does work under this name. What it answers or throws is passed on. */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T>;
}
