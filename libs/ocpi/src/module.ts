/**
 * The functional modules, as rows: what `if (module === …)` would otherwise say.
 *
 * Routes, advertised endpoints, the routing decision and the test matrix all read these rows.
 * Spec: 2.2.1-d2 version_information_endpoint, ModuleID enum; "Interfaces and endpoints" of each mod_*.
 */
import { type Finder, type Lessons } from './finder';
import { LOCATION, type ObjectShape, TARIFF, TOKEN } from './object';
import { type OwnerPlaces } from './owner';
import { type Role } from './party';

/** Spec: 2.2.1-d2 transport_and_format, Request format. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Spec: 2.2.1-d2 version_information_endpoint, InterfaceRole enum. */
export const INTERFACES = ['SENDER', 'RECEIVER'] as const;
export type InterfaceRole = (typeof INTERFACES)[number];

/** Where a request carries the URL that its later result is to be sent to. */
export type ResponseUrlPlace = 'body' | 'query';

/** What one interface accepts for one method. */
export interface Operation {
  readonly method: Method;
  /** What open routing goes by; without one, only a push that may be broadcast needs no `OCPI-to-*`. */
  readonly finder?: Finder;
  /** What a success of it shows about who has what. */
  readonly lessons?: Lessons;
  /**
   * Where a request about a client-owned object says whose it is: a party of the role that has the SENDER interface.
   * It is the sender, also of a GET: a RECEIVER shows a party what it holds of that party's objects.
   */
  readonly owner?: OwnerPlaces;
  /** The request may come without a body although its method has one. */
  readonly bodyOptional?: true;
  readonly responseUrl?: ResponseUrlPlace;
  /** `commands` and `authorize` are waited for less long than the rest. */
  readonly patience?: Patience;
  /** The answer carries a URL of the peer in this header. */
  readonly answerUrl?: 'link' | 'location';
}

export type Patience = 'forward' | 'command' | 'authorize';

export interface InterfaceRow {
  /** Roles of the parties that implement this interface. */
  readonly roles: readonly Role[];
  readonly operations: readonly Operation[];
  /** A push to the hub party goes to every party of the opposite role. */
  readonly broadcast?: readonly Method[];
}

export interface ModuleRow {
  readonly module: string;
  readonly interfaces: Readonly<Record<InterfaceRole, InterfaceRow>>;
  /** GET on the SENDER interface with the hub as receiver: from the object store, or asked live. */
  readonly getAll?: 'stored' | 'live';
  /** How its objects are named; those that the hub stores have one. */
  readonly object?: ObjectShape;
}

const CPO: readonly Role[] = ['CPO'];
/** Spec: 2.2.1-d2 terminology, Typical OCPI implementations per Role: a NAP sends locations and tariffs and receives them. */
const CPO_OR_NAP: readonly Role[] = ['CPO', 'NAP'];
/** Spec: 2.2.1-d2 transport_and_format, Broadcast Push: "Other" is seen as an eMSP type of role. */
const EMSP_LIKE: readonly Role[] = ['EMSP', 'NSP', 'NAP', 'SCSP', 'OTHER'];

/** Spec: 2.2.1-d2 transport_and_format, Client Owned Object Push; "Request Parameters" and object of each mod_*. */
const OWNER_IN_PATH: OwnerPlaces = { path: true, body: false };
const OWNER_IN_BODY: OwnerPlaces = { path: false, body: true };
const OWNER_IN_BOTH: OwnerPlaces = { path: true, body: true };

export const MODULES: readonly ModuleRow[] = [
  {
    module: 'cdrs',
    getAll: 'live',
    interfaces: {
      SENDER: { roles: CPO, operations: [{ method: 'GET', answerUrl: 'link' }] },
      RECEIVER: {
        roles: EMSP_LIKE,
        operations: [
          { method: 'GET' },
          {
            method: 'POST',
            owner: OWNER_IN_BODY,
            finder: 'cdr_token',
            lessons: 'cdr',
            answerUrl: 'location',
          },
        ],
      },
    },
  },
  {
    module: 'chargingprofiles',
    interfaces: {
      SENDER: {
        roles: EMSP_LIKE,
        operations: [{ method: 'POST' }, { method: 'PUT', finder: 'profile_sender' }],
      },
      RECEIVER: {
        roles: CPO,
        operations: [
          { method: 'GET', finder: 'session', lessons: 'profile', responseUrl: 'query', patience: 'command' },
          { method: 'PUT', finder: 'session', lessons: 'profile', responseUrl: 'body', patience: 'command' },
          {
            method: 'DELETE',
            finder: 'session',
            lessons: 'profile',
            responseUrl: 'query',
            patience: 'command',
          },
        ],
      },
    },
  },
  {
    module: 'commands',
    interfaces: {
      SENDER: { roles: EMSP_LIKE, operations: [{ method: 'POST' }] },
      RECEIVER: {
        roles: CPO,
        operations: [
          { method: 'POST', finder: 'command', lessons: 'command', responseUrl: 'body', patience: 'command' },
        ],
      },
    },
  },
  {
    module: 'locations',
    getAll: 'stored',
    object: LOCATION,
    interfaces: {
      SENDER: { roles: CPO_OR_NAP, operations: [{ method: 'GET', finder: 'location', answerUrl: 'link' }] },
      RECEIVER: {
        roles: EMSP_LIKE,
        broadcast: ['PUT', 'PATCH'],
        operations: [
          { method: 'GET', owner: OWNER_IN_PATH },
          { method: 'PUT', owner: OWNER_IN_BOTH, lessons: 'location' },
          { method: 'PATCH', owner: OWNER_IN_BOTH, lessons: 'location' },
        ],
      },
    },
  },
  {
    module: 'sessions',
    getAll: 'live',
    interfaces: {
      SENDER: {
        roles: CPO,
        operations: [
          { method: 'GET', answerUrl: 'link' },
          { method: 'PUT', finder: 'session' },
        ],
      },
      RECEIVER: {
        roles: EMSP_LIKE,
        operations: [
          { method: 'GET', owner: OWNER_IN_PATH, finder: 'session_receiver' },
          { method: 'PUT', owner: OWNER_IN_BOTH, finder: 'cdr_token', lessons: 'session' },
          { method: 'PATCH', owner: OWNER_IN_BOTH, finder: 'cdr_token', lessons: 'session' },
        ],
      },
    },
  },
  {
    module: 'tariffs',
    getAll: 'stored',
    object: TARIFF,
    interfaces: {
      SENDER: { roles: CPO_OR_NAP, operations: [{ method: 'GET', answerUrl: 'link' }] },
      RECEIVER: {
        roles: EMSP_LIKE,
        broadcast: ['PUT', 'DELETE'],
        operations: [
          { method: 'GET', owner: OWNER_IN_PATH },
          { method: 'PUT', owner: OWNER_IN_BOTH },
          { method: 'DELETE', owner: OWNER_IN_PATH },
        ],
      },
    },
  },
  {
    module: 'tokens',
    getAll: 'stored',
    object: TOKEN,
    interfaces: {
      SENDER: {
        roles: EMSP_LIKE,
        operations: [
          { method: 'GET', answerUrl: 'link' },
          {
            method: 'POST',
            finder: 'token',
            lessons: 'authorization',
            bodyOptional: true,
            patience: 'authorize',
          },
        ],
      },
      RECEIVER: {
        roles: CPO,
        broadcast: ['PUT', 'PATCH'],
        operations: [
          { method: 'GET', owner: OWNER_IN_PATH },
          { method: 'PUT', owner: OWNER_IN_BOTH, lessons: 'token' },
          { method: 'PATCH', owner: OWNER_IN_BOTH, lessons: 'token' },
        ],
      },
    },
  },
];

const BY_ID = new Map(MODULES.map((row) => [row.module, row]));

/** Modules between a platform and the hub: never routed. Spec: 2.2.1-d2 transport_and_format, Message Routing. */
export const CONFIGURATION_MODULES: readonly string[] = ['versions', 'credentials', 'hubclientinfo'];

/** The row of a functional module, or `undefined` for a module that the specification does not know. */
export function moduleRow(module: string): ModuleRow | undefined {
  return BY_ID.get(module);
}

/** What an interface of a module says about a method; `undefined` when the interface does not have it. */
export function operationOf(
  module: ModuleRow,
  interfaceRole: InterfaceRole,
  method: string,
): Operation | undefined {
  return module.interfaces[interfaceRole].operations.find((operation) => operation.method === method);
}

const OPPOSITE = { SENDER: 'RECEIVER', RECEIVER: 'SENDER' } as const satisfies Record<
  InterfaceRole,
  InterfaceRole
>;

/**
 * The roles of the parties that call an interface: those that implement the opposite one. The result of a command or
 * of a charging profile is no exception: the CPO, which has the Receiver interface, sends it to the Sender interface.
 *
 * @returns `undefined` for a custom module, which knows no roles
 */
export function callerRoles(
  module: ModuleRow | undefined,
  interfaceRole: InterfaceRole,
): readonly Role[] | undefined {
  return module?.interfaces[OPPOSITE[interfaceRole]].roles;
}
