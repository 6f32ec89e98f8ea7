/** Where an app listens, and which settings say so. */
export interface Place {
  readonly port: number;
  readonly host: string;
  /** Name of the variable that `port` comes from. */
  readonly portVariable: string;
  /** Name of the variable that `host` comes from. */
  readonly hostVariable: string;
}

/** What is wrong with which of the two, by the code of the error. */
const REASONS: Readonly<Record<string, (place: Place) => string>> = {
  EADDRINUSE: ({ port, host, portVariable }) =>
    `${portVariable}=${port} is taken: something else listens there on ${host}`,
  EACCES: ({ port, portVariable }) => `${portVariable}=${port} is not allowed to this user`,
  EADDRNOTAVAIL: ({ host, hostVariable }) => `${hostVariable}=${host} is no address of this machine`,
  ENOTFOUND: ({ host, hostVariable }) => `${hostVariable}=${host} is no address of this machine`,
};

/** Makes an app listen. @throws an error that names the setting to change, with the system's own as its cause */
export async function listenAt(
  app: { listen(port: number, host: string): Promise<unknown> },
  place: Place,
): Promise<void> {
  try {
    await app.listen(place.port, place.host);
  } catch (cause) {
    const reason = REASONS[String((cause as { code?: unknown }).code)];
    if (reason === undefined) throw cause;
    throw new Error(reason(place), { cause });
  }
}
