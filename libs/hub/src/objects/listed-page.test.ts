import { type PlatformEntry } from '../directory';
import { readListedPage } from './listed-page';

/** All that is read of a platform that answers in plain JSON. */
const BY = { id: 'p', authorization: null } as PlatformEntry;

const answerWith = (data: string) => ({
  ...{ httpStatus: 200, headers: {}, url: undefined },
  body: Buffer.from(`{"status_code":1000,"data":${data}}`),
});
const listOf = (count: number): string => `[${Array<string>(count).fill('{"id":"L"}').join(',')}]`;

test('a page of 10,000 objects is read, and one with more is no list of a peer', async () => {
  expect((await readListedPage(answerWith(listOf(10_000)), BY)).elements).toHaveLength(10_000);
  await expect(readListedPage(answerWith(listOf(10_001)), BY)).rejects.toThrow(
    expect.objectContaining({ code: 'answer_not_ocpi', message: expect.stringContaining('10000') as string }),
  );
});

test('no data is an empty list; what is no list is not one', async () => {
  expect((await readListedPage(answerWith('null'), BY)).elements).toEqual([]);
  await expect(readListedPage(answerWith('{}'), BY)).rejects.toThrow('list');
});
