/** What `${{ event.… }}` reads: the payload as delivered, with a few normalised names on top. Pure. */
import type { TriggerEvent } from "../model/event.ts";

export function eventContext(event: TriggerEvent): Readonly<Record<string, unknown>> {
  const { name, action, actor, command } = event;
  return {
    ...event.payload,
    name,
    ...(action === undefined ? {} : { action }),
    actor: actor ?? null,
    command: command ?? null,
  };
}
