/**
 * Jest for the whole repository. Sources are transformed by swc with decorator metadata, as tsc builds them.
 * content-disposition 3 is the one ESM-only package on the way (through @fastify/static): it is transformed as well.
 */
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

export default {
  rootDir: '..',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/migrations', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: ['/node_modules/(?!(.*/)?content-disposition/)'],
  moduleNameMapper: { '^@app/([a-z]+)$': '<rootDir>/libs/$1/src' },
  testTimeout: 20_000,
  maxWorkers: 2,
};
