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

export interface Refusal {
  readonly reason: string;
  /** Told to the person. Strangers and people on the list of the denied could make us write as often as they like. */
  readonly isTold: boolean;
}

/** Undefined when they may. An allow-list gives nobody a permission that the host does not give. */
export function refusalOf(
  person: { readonly login: string; readonly permission: HostPermission },
  policy: CommandPolicy,
  least: HostPermission = "write",
): Refusal | undefined {
  const { login, permission } = person;
  const isOn = (list: readonly string[]): boolean =>
    list.some((one) => one.replace(/^@/, "").toLowerCase() === login.toLowerCase());
  if (isOn(policy.deny)) {
    return { reason: `${login} is on the list of those who may not command (commands.deny)`, isTold: false };
  }
  if (permissions.indexOf(permission) < permissions.indexOf(least)) {
    return { reason: `commands need ${least} access, and ${login} has ${permission}`, isTold: false };
  }
  if (policy.fault !== undefined) return { reason: policy.fault, isTold: true };
  if (policy.allow !== undefined && !isOn(policy.allow)) {
    return { reason: `${login} is not on the list of those who may command (commands.allow)`, isTold: true };
  }
  return undefined;
}
