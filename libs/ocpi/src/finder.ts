/**
 * What a request says about its receiver when it names none, as rows.
 *
 * Spec: 2.2.1-d2 transport_and_format, Open Routing Request; the ids are those of each mod_*.
 */

/** Where a text stands in a request. */
export type Place =
  /** Segment of the path after the module; 0 is the first. */
  | { readonly in: 'path'; readonly segment: number; readonly name: string }
  /** The id in `{country_code}/{party_id}/{id}`, when the pair before it is the sender's own. */
  | { readonly in: 'own_path'; readonly name: string }
  | { readonly in: 'query'; readonly name: string }
  | { readonly in: 'body'; readonly path: readonly string[] };

/** A text in a request is one of these words. */
export interface Condition {
  readonly place: Place;
  readonly oneOf: readonly string[];
}

/** What the hub remembers parties by. */
export const OWNED_KINDS = {
  location: { module: 'locations', personal: false },
  session: { module: undefined, personal: false },
  /** The party that a CPO sends a session to. */
  session_receiver: { module: undefined, personal: false },
  /** The party that asked a CPO for a session's charging profile. */
  profile_sender: { module: undefined, personal: false },
  /** The CPO that took a reservation. */
  reservation: { module: undefined, personal: false },
  token: { module: 'tokens', personal: true },
} as const satisfies Record<string, OwnedKindRow>;
export type OwnedKind = keyof typeof OWNED_KINDS;

interface OwnedKindRow {
  /** Objects of this kind that the hub stores are of this module. */
  readonly module: string | undefined;
  /** The id tells who a person is: it is never written down, only its keyed hash. */
  readonly personal: boolean;
}

/** One end of an exchange: its sender or its receiver. */
type End = 'from' | 'to';

/** An id in a request, and what makes it unique. */
export interface IndexedId {
  readonly kind: OwnedKind;
  readonly id: Place;
  /** The id is unique for this party only, e.g. a reservation's for the eMSP that made it. */
  readonly scope?: End;
  /** The id is unique with its type; the first place that has one counts. */
  readonly type?: { readonly places: readonly Place[]; readonly otherwise: string };
  readonly when?: Condition;
}

/** One way to find the receiver: the request says it, or says the id of something whose party is known. */
export type Clue =
  | { readonly say: 'party'; readonly countryCode: Place; readonly partyId: Place }
  | ({ readonly say: 'id' } & IndexedId);

/** When nobody is known to have the id: everyone who might is asked, and this is read in the answers. */
export interface AskRow {
  /** Where the answer's verdict stands. */
  readonly verdict: readonly string[];
  /** Verdicts, the most telling first; the first of all ends the asking. */
  readonly verdicts: readonly string[];
}

/** Clues are tried in their order; the first that leads to somebody decides. */
export interface FinderRow {
  readonly clues: readonly Clue[];
  readonly ask?: AskRow;
}

/** Something that a successful exchange shows: the party at `owner` has what the id names. */
export interface Lesson extends IndexedId {
  readonly owner: End;
  /** Only when the answer says one of these words there. */
  readonly answered?: { readonly path: readonly string[]; readonly oneOf: readonly string[] };
}

const segment = (index: number, name: string): Place => ({ in: 'path', segment: index, name });
const own = (name: string): Place => ({ in: 'own_path', name });
const body = (...path: string[]): Place => ({ in: 'body', path });

/** Spec: 2.2.1-d2 mod_tokens, Request Parameters: the type is RFID when left out. */
const typeAt = (...places: Place[]) => ({ places, otherwise: 'RFID' });
const TYPE_IN_QUERY: Place = { in: 'query', name: 'type' };

const COMMAND = segment(0, 'command');
const toLocation: Condition = {
  place: COMMAND,
  oneOf: ['START_SESSION', 'RESERVE_NOW', 'UNLOCK_CONNECTOR'],
};
const toSession: Condition = { place: COMMAND, oneOf: ['STOP_SESSION'] };
const toReservation: Condition = { place: COMMAND, oneOf: ['CANCEL_RESERVATION'] };
const reservesNow: Condition = { place: COMMAND, oneOf: ['RESERVE_NOW'] };
const withToken: Condition = { place: COMMAND, oneOf: ['START_SESSION', 'RESERVE_NOW'] };

const CDR_TOKEN = {
  kind: 'token',
  id: body('cdr_token', 'uid'),
  type: typeAt(body('cdr_token', 'type')),
} as const satisfies IndexedId;
const AUTHORIZED_TOKEN = {
  kind: 'token',
  id: segment(0, 'token_uid'),
  type: typeAt(TYPE_IN_QUERY),
  when: { place: segment(1, 'authorize'), oneOf: ['authorize'] },
} as const satisfies IndexedId;

/** The party's own session of that id, before anybody's session of that id. */
const sessionClues = (id: Place, when?: Condition): readonly Clue[] => [
  { say: 'id', kind: 'session', id, scope: 'from', when },
  { say: 'id', kind: 'session', id, when },
];

/** How open routing finds the receiver of each kind of request that names none. */
export const FINDERS = {
  /** The eMSP of `cdr_token`; the pair at the top of the object is the sender's. */
  cdr_token: {
    clues: [
      {
        say: 'party',
        countryCode: body('cdr_token', 'country_code'),
        partyId: body('cdr_token', 'party_id'),
      },
      { say: 'id', ...CDR_TOKEN },
      { say: 'id', kind: 'session_receiver', id: own('session_id'), scope: 'from' },
    ],
  },
  command: {
    clues: [
      { say: 'id', kind: 'location', id: body('location_id'), when: toLocation },
      ...sessionClues(body('session_id'), toSession),
      {
        say: 'id',
        kind: 'reservation',
        id: body('reservation_id'),
        scope: 'from',
        when: toReservation,
      },
    ],
  },
  location: { clues: [{ say: 'id', kind: 'location', id: segment(0, 'location_id') }] },
  profile_sender: {
    clues: [
      { say: 'id', kind: 'profile_sender', id: segment(0, 'session_id'), scope: 'from' },
      { say: 'id', kind: 'session_receiver', id: segment(0, 'session_id'), scope: 'from' },
    ],
  },
  session: { clues: sessionClues(segment(0, 'session_id')) },
  session_receiver: {
    clues: [{ say: 'id', kind: 'session_receiver', id: own('session_id'), scope: 'from' }],
  },
  token: {
    clues: [{ say: 'id', ...AUTHORIZED_TOKEN }],
    // Spec: 2.2.1-d2 mod_tokens, AllowedType enum.
    ask: {
      verdict: ['data', 'allowed'],
      verdicts: ['ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED'],
    },
  },
} as const satisfies Record<string, FinderRow>;
export type Finder = keyof typeof FINDERS;

const ACCEPTED = { path: ['data', 'result'], oneOf: ['ACCEPTED'] } as const;

/** What exchanges teach. Ids of client-owned objects count only when the URL's pair is the sender. */
export const LESSONS = {
  cdr: [{ ...CDR_TOKEN, owner: 'to' }],
  command: [
    {
      ...{ kind: 'reservation', id: body('reservation_id'), scope: 'from', owner: 'to' },
      ...{ when: reservesNow, answered: ACCEPTED },
    },
    {
      ...{ kind: 'token', id: body('token', 'uid'), type: typeAt(body('token', 'type')), owner: 'from' },
      ...{ when: withToken, answered: ACCEPTED },
    },
  ],
  location: [{ kind: 'location', id: own('location_id'), owner: 'from' }],
  profile: [
    { kind: 'profile_sender', id: segment(0, 'session_id'), scope: 'to', owner: 'from', answered: ACCEPTED },
  ],
  session: [
    { kind: 'session', id: own('session_id'), owner: 'from' },
    { kind: 'session', id: own('session_id'), scope: 'to', owner: 'from' },
    { kind: 'session_receiver', id: own('session_id'), scope: 'from', owner: 'to' },
  ],
  token: [{ kind: 'token', id: own('token_uid'), type: typeAt(TYPE_IN_QUERY, body('type')), owner: 'from' }],
  authorization: [
    {
      ...AUTHORIZED_TOKEN,
      owner: 'to',
      answered: { path: ['data', 'allowed'], oneOf: FINDERS.token.ask.verdicts },
    },
  ],
} as const satisfies Record<string, readonly Lesson[]>;
export type Lessons = keyof typeof LESSONS;

/** The text of a place as people name it: `location_id`, `cdr_token.uid`. */
export function placeName(place: Place): string {
  return place.in === 'body' ? place.path.join('.') : place.name;
}
