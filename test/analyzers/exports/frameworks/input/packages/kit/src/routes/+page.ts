import { started } from "../hooks.server";
import { letters } from "../params/slug";
export const load = () => ({ started, letters });
