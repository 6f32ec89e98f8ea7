import { testAuthority } from '@app/testkit';
import { invalid, NOBODY, type Prepared, type Rows } from '../row';

const authority = testAuthority('contract');
const [pair, other] = [authority.issue('hub'), authority.issue('other')];
const WHOLE = {
  ca_pem: authority.cert,
  client_certificate_pem: pair.cert,
  client_private_key_pem: pair.key,
  pinned_client_certificates: [other.fingerprint],
};

const unset: Prepared = async (world) => ({ path: { id: (await world.announced()).id } });
const replaced =
  (body: object): Prepared =>
  async (world) => ({ ...(await unset(world)), body });
const withTls: Prepared = async (world) => {
  const { id } = await world.announced();
  await world.hub.admin.ask('PUT', `/platforms/${id}/tls`, WHOLE);
  return { path: { id } };
};

export const PLATFORM_TLS_ROWS: Rows = {
  showPlatformTls: {
    good: { 'that is set': withTls, 'that is not set': unset },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
  replacePlatformTls: {
    good: {
      'with everything': replaced(WHOLE),
      'with a pin alone': replaced({ pinned_client_certificates: WHOLE.pinned_client_certificates }),
      'with nothing': replaced({}),
    },
    bad: {
      'with a certificate that is none': invalid({ path: { id: NOBODY }, body: { ca_pem: 'x' } }, 'ca_pem'),
      'with the key of another certificate': invalid(
        { path: { id: NOBODY }, body: { ...WHOLE, client_private_key_pem: other.key } },
        'client_private_key_pem',
      ),
    },
  },
  removePlatformTls: {
    good: { 'that is set': withTls, 'that is not set': unset },
    bad: { 'of a name': invalid({ path: { id: 'Volt' } }, 'id') },
  },
};
