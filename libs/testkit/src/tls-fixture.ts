/**
 * TEST FIXTURE: a self-signed certificate for 127.0.0.1 and localhost, with its key. It protects nothing and
 * is trusted by nobody; tests use it to play a party whose TLS cannot be verified.
 *
 * Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 *   -subj '/CN=testkit.invalid' -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost'
 */
export const TEST_ONLY_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLa/XmO3zC0eompYc
FXwbv7AbmJhv6ZX24gJiEDVvLxahRANCAARKXTwtd6OU/h4xPgCTBo2HXWaLpNmm
KUlmFAppVjfARVlCXpQKciYlpp2Mwe1Ntw+7qmWz0sN3NUfCz/gZuRm6
-----END PRIVATE KEY-----
`;

export const TEST_ONLY_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB9jCCAZ2gAwIBAgIUd7fu1SNZ9/D7JUisteK4HY+4txMwCgYIKoZIzj0EAwIw
QjEYMBYGA1UEAwwPdGVzdGtpdC5pbnZhbGlkMSYwJAYDVQQKDB1PQ1BJIHJvYW1p
bmcgaHViIHRlc3QgZml4dHVyZTAgFw0yNjExMjMwMDU2MjZaGA8yMTI2MTAzMDAw
NTYyNlowQjEYMBYGA1UEAwwPdGVzdGtpdC5pbnZhbGlkMSYwJAYDVQQKDB1PQ1BJ
IHJvYW1pbmcgaHViIHRlc3QgZml4dHVyZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABEpdPC13o5T+HjE+AJMGjYddZouk2aYpSWYUCmlWN8BFWUJelApyJiWmnYzB
7U23D7uqZbPSw3c1R8LP+Bm5GbqjbzBtMB0GA1UdDgQWBBSRPk4jxTAOUxEW1viy
Fz6nj1AtFTAfBgNVHSMEGDAWgBSRPk4jxTAOUxEW1viyFz6nj1AtFTAPBgNVHRMB
Af8EBTADAQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggqhkjOPQQD
AgNHADBEAiAVVScGC0d3LR69PF75H2BwQGqXSBopHKYf+HXJPJDrqAIgeskM+dQI
wBEJM7ZObNDUjiZjUzwQIsrjklcKy4OwLRQ=
-----END CERTIFICATE-----
`;
