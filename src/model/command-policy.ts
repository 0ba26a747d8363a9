/** Who may command in comments: a permission that the host tells, and lists that only take away from it. Pure. */
import type { HostPermission } from "./code-host.ts";

/** `commands` of the configuration of the base branch; a pull request does not change who may command on it. */
export interface CommandPolicy {
  /** Logins. Absent: everybody with the permission. */
  readonly allow?: readonly string[];
  /** Logins; they win over everything. */
  readonly deny: readonly string[];
  /** The configuration cannot be read: nobody may command until it can, since it might deny somebody. */
  readonly fault?: string;
}

export const permissions = ["none", "read", "triage", "write", "maintain", "admin"] as const satisfies HostPermission[];

/** Why not, for a person; undefined when they may. An allow-list gives nobody a permission that the host does not give. */
export function refusalOf(
  person: { readonly login: string; readonly permission: HostPermission },
  policy: CommandPolicy,
  least: HostPermission = "write",
): string | undefined {
  const { login, permission } = person;
  const isOn = (list: readonly string[]): boolean =>
    list.some((one) => one.replace(/^@/, "").toLowerCase() === login.toLowerCase());
  if (policy.fault !== undefined) return policy.fault;
  if (isOn(policy.deny)) return `${login} is on the list of those who may not command (commands.deny)`;
  if (permissions.indexOf(permission) < permissions.indexOf(least)) {
    return `commands need ${least} access, and ${login} has ${permission}`;
  }
  if (policy.allow !== undefined && !isOn(policy.allow)) {
    return `${login} is not on the list of those who may command (commands.allow)`;
  }
  return undefined;
}
