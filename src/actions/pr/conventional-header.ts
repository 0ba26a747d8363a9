/** The first line of a conventional commit, taken apart. Pure. */

export const conventionalTypes = [
  "build",
  "chore",
  "ci",
  "docs",
  "feat",
  "fix",
  "perf",
  "refactor",
  "revert",
  "style",
  "test",
] as const;

export interface ConventionalHeader {
  readonly type: string;
  readonly scope: string;
  readonly isBreaking: boolean;
  readonly subject: string;
}

/** `type(scope)!: subject`; undefined for anything else. */
export function parseHeader(line: string): ConventionalHeader | undefined {
  const [, type, scope = "", bang, subject] = /^([A-Za-z][\w-]*)(?:\(([^()\r\n]*)\))?(!)?: +(\S.*)$/.exec(line) ?? [];
  if (type === undefined || subject === undefined) return undefined;
  return { type, scope: scope.trim(), isBreaking: bang !== undefined, subject: subject.trimEnd() };
}
