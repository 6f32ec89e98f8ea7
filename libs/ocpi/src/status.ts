/** OCPI status codes that the hub itself answers with. Spec: 2.2.1-d2 status_codes. */
export const STATUS = {
  SUCCESS: 1000,
  CLIENT_ERROR: 2000,
  INVALID_PARAMETERS: 2001,
  NOT_ENOUGH_INFORMATION: 2002,
  UNKNOWN_TOKEN: 2004,
  SERVER_ERROR: 3000,
  UNABLE_TO_USE_API: 3001,
  UNSUPPORTED_VERSION: 3002,
  NO_MATCHING_ENDPOINTS: 3003,
  HUB_ERROR: 4000,
  UNKNOWN_RECEIVER: 4001,
  TIMEOUT: 4002,
  CONNECTION_PROBLEM: 4003,
} as const;

/** 1xxx: the peer did what it was asked. */
export function isSuccess(status: number): boolean {
  return status >= 1000 && status < 2000;
}
