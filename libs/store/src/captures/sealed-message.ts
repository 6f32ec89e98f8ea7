/** A captured message as one sealed text: headers and bodies alike are nobody's to read in the database. */
import { type CapturedBody, type CapturedMessage } from '@app/hub';
import { type Seal } from '../seal';

type Written = Omit<CapturedMessage, 'at' | 'requestBody' | 'answerBody'> & {
  readonly at: string;
  readonly requestBody: WrittenBody | null;
  readonly answerBody: WrittenBody | null;
};

type WrittenBody = Omit<CapturedBody, 'kept'> & { readonly kept: string };

/** Seals a message for its platform. */
export function sealMessage(seal: Seal, platformId: string, message: CapturedMessage): Buffer {
  const { at, requestBody, answerBody, ...rest } = message;
  const written: Written = {
    ...{ ...rest, at: at.toISOString() },
    ...{ requestBody: writtenBody(requestBody), answerBody: writtenBody(answerBody) },
  };
  return seal.close(JSON.stringify(written), platformId);
}

/** @returns null when it was sealed with a key that is not there any more */
export function openMessage(seal: Seal, platformId: string, sealed: Buffer): CapturedMessage | null {
  const text = opened(seal, platformId, sealed);
  if (text === null) return null;
  const { at, requestBody, answerBody, ...rest } = JSON.parse(text) as Written;
  return {
    ...{ ...rest, at: new Date(at) },
    ...{ requestBody: bodyOf(requestBody), answerBody: bodyOf(answerBody) },
  };
}

function opened(seal: Seal, platformId: string, sealed: Buffer): string | null {
  try {
    return seal.open(sealed, platformId);
  } catch {
    return null;
  }
}

function writtenBody(body: CapturedBody | null): WrittenBody | null {
  return body && { ...body, kept: body.kept.toString('base64') };
}

function bodyOf(body: WrittenBody | null): CapturedBody | null {
  return body && { ...body, kept: Buffer.from(body.kept, 'base64') };
}
