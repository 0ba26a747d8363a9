/** The code host in memory keeps the contract. */
import { codeHostContract } from "./code-host.ts";
import { fakeHostStage } from "./fakes/host-stage.ts";

codeHostContract("memory", async () => fakeHostStage());
