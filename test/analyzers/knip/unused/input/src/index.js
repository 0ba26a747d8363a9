import { used } from "./names.js";
import missing from "not-listed";

used(missing);
