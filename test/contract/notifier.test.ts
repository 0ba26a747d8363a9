/** The notifier in memory keeps the contract. */
import { fakeNotifierStage } from "./fakes/notifier.ts";
import { notifierContract } from "./notifier.ts";

notifierContract("memory", async () => fakeNotifierStage());
