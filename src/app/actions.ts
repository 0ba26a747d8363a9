/** The use cases behind `codeflow actions`: what a workflow's steps can use. */
import { actions } from "../actions/index.ts";
import type { ActionDefinition } from "../model/action.ts";
import { closest } from "../model/closest.ts";
import { Failure } from "../model/failure.ts";
import { type ActionReference, referenceOf } from "./action-reference.ts";

export type { ActionReference };

export async function listActions(): Promise<readonly ActionReference[]> {
  const loaded = await Promise.all(actions.map(({ load }) => load()));
  return Promise.all(loaded.map((action: ActionDefinition) => referenceOf(action)));
}

export async function showAction(id: string): Promise<ActionReference> {
  const entry = actions.find((each) => each.id === id);
  if (entry === undefined) {
    const near = closest(
      id,
      actions.map((each) => each.id),
    );
    throw new Failure("CF455", `there is no action ${id}`, {
      next: near === undefined ? "codeflow actions list shows them all" : `did you mean ${near}?`,
    });
  }
  return referenceOf(await entry.load());
}
