/** Payload captures as the operator's API shows them. */
interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly body_encoding: string;
  readonly body_bytes: number;
  readonly body_truncated: boolean;
}

export interface Captured {
  readonly direction: string;
  readonly method: string;
  readonly url: string;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly request: Part;
  readonly answer: Part | null;
}

export interface CaptureState {
  readonly state: string;
  readonly bytes: number;
  readonly messages: number;
  readonly dropped: number;
  readonly max_bytes: number;
}
