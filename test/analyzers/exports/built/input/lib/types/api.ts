export const offered = 1;

export const version = 2;

export function describe(): string {
  return `version ${version}`;
}
