/**
 * Words that must not be in the repository. They are put together from parts, so that this file may be judged by
 * its own rule.
 */
import { type Finding, type SourceFile } from './source-tree';

interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
}

const words = (...parts: readonly (readonly string[])[]): string =>
  parts.map((part) => part.join('')).join('|');

const UNFINISHED = words(['TO', 'DO'], ['FIX', 'ME'], ['X', 'XX'], ['HA', 'CK']);
const SILENCED = words(['eslint', '-disable'], ['@ts', '-ignore'], ['@ts', '-nocheck']);
const SUITES = '\\b(it|test|describe)(\\.each|\\.concurrent)?';

const FORBIDDEN: readonly Forbidden[] = [
  { what: 'an unfinished place', pattern: new RegExp(`\\b(${UNFINISHED})\\b`) },
  { what: 'a silenced checker', pattern: new RegExp(SILENCED) },
  // A suite chosen by a condition is counted and seen; a call is not.
  { what: 'a skipped test', pattern: new RegExp(`${SUITES}\\.(skip|todo|failing)(\\.each)?\\s*[(\`]`) },
  { what: 'a skipped test', pattern: /(?<![\w.])x(it|test|describe)(\.each)?\s*[(`]/ },
  { what: 'a focused test', pattern: new RegExp(`${SUITES}\\.only\\b`) },
  { what: 'a focused test', pattern: /(?<![\w.])f(it|describe)(\.each)?\s*[(`]/ },
  // After a dot it is supertest's, which compares with the status of the answer.
  { what: 'a test that cannot fail', pattern: /(?<!\.)\bexpect\(\s*(true|false|\d+)\s*\)/ },
  { what: 'a path of one machine', pattern: /(?<![\w.:/-])\/(work|home|Users)\/\w/ },
];

/** What npm writes and what prose of the licence says is not ours to word. */
const NOT_OUR_WORDS = new Set(['package-lock.json', 'LICENSE']);

/** Forbidden words, with their lines. */
export function forbiddenText(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => !NOT_OUR_WORDS.has(file.path))
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(
            ({ what }) => `${file.path}:${index + 1} ${what}`,
          ),
        ),
    );
}
