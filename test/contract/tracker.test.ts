/** The tracker in memory keeps the contract. */
import { fakeTrackerStage } from "./fakes/tracker.ts";
import { trackerContract } from "./tracker.ts";

trackerContract("memory", async () => fakeTrackerStage());
