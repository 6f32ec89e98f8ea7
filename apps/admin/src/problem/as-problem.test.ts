import { HubError, InvalidCursor, SearchTooLong } from '@app/hub';
import { NotFoundException } from '@nestjs/common';
import { asProblem } from './as-problem';
import { Problem } from './problem';

test.each([
  [new Problem('not_registered'), 409, 'not_registered'],
  [new InvalidCursor('x'), 400, 'invalid_input'],
  [new SearchTooLong('x'), 400, 'invalid_input'],
  [new NotFoundException(), 404, 'not_found'],
  [new HubError('already_registered'), 409, 'already_registered'],
  [new HubError('unauthorized'), 409, 'not_invited'],
  [new HubError('handshake_running'), 409, 'handshake_running'],
  [new HubError('party_taken'), 409, 'party_taken'],
  [new HubError('party_not_announced'), 409, 'party_not_announced'],
  [new HubError('parties_limit'), 409, 'limit_reached'],
  [new HubError('custom_modules_limit'), 409, 'limit_reached'],
  [new HubError('no_common_version'), 400, 'peer_unusable'],
  [new HubError('credentials_malformed'), 400, 'peer_unusable'],
  [new HubError('internal'), 500, 'internal'],
  [new Error('x'), 500, 'internal'],
  [Object.assign(new Error('x'), { statusCode: 404 }), 500, 'internal'],
  ['x', 500, 'internal'],
])('%s is a %i %s', (error, status, code) => {
  expect(asProblem(error).view()).toMatchObject({ status, code });
});

test('what a peer is refused for is told in the words of the hub', () => {
  const problem = asProblem(new HubError('peer_unusable', 'GET https://cpo.example/versions: HTTP 500'));
  expect(problem.details).toEqual([
    { field: 'versions_url', message: expect.stringContaining('GET https://cpo.example/versions: HTTP 500') },
  ]);
});

test('the text of an unknown error is nowhere in the answer', () => {
  expect(JSON.stringify(asProblem(new Error('secret')).view())).not.toContain('secret');
});
