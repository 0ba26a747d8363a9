/** The team in Linear that issues are for: its states, projects, labels, and the people who can be assigned. */
import { Failure } from "../../model/failure.ts";
import { absent, type Client, type LinearOptions, refused } from "./client.ts";
import { documents, shapes, type User } from "./documents.ts";

export function createDirectory(client: Client, options: Pick<LinearOptions, "team" | "project" | "states">) {
  const inTeam = { team: { key: { eq: options.team } } };
  let asking: Promise<Setting> | undefined;
  const setting = (): Promise<Setting> => (asking ??= askSetting());

  async function askSetting() {
    const { viewer, teams } = await client.ask({
      what: "read the team",
      document: documents.setting,
      variables: { team: options.team },
      shape: shapes.setting,
    });
    const [team] = teams.nodes;
    if (team === undefined) throw absent(`the team ${options.team}`);
    const states = team.states.nodes.toSorted((a, b) => a.position - b.position);
    const stateOf = (name: string | undefined, kinds: readonly string[]): string => {
      const found =
        name === undefined
          ? kinds.map((kind) => states.find(({ type }) => type === kind)).find((state) => state !== undefined)
          : states.find((state) => isSame(state.name, name));
      if (found === undefined) throw refused("find the team's state", `there is no ${name ?? kinds.join(" or ")}`);
      return found.id;
    };
    const project = team.projects.nodes.find(({ name }) => isSame(name, options.project ?? ""));
    if (options.project !== undefined && project === undefined) {
      throw refused("find the project", `the team has none named ${options.project}`);
    }
    return { viewer, teamId: team.id, projectId: project?.id, stateOf };
  }
  type Setting = Awaited<ReturnType<typeof askSetting>>;

  const openState = async (): Promise<string> =>
    (await setting()).stateOf(options.states?.open, ["unstarted", "backlog", "triage"]);

  async function labelIds(names: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const name of names) ids.push((await findLabel(name))?.id ?? (await createLabel(name)));
    return [...new Set(ids)];
  }

  /** The team's, or the workspace's. */
  async function findLabel(name: string) {
    const filter = { name: { eqIgnoreCase: name }, or: [inTeam, { team: { null: true } }] };
    const found = await client.list({
      what: "read labels",
      document: documents.labels,
      variables: { filter },
      node: shapes.label,
    });
    return found[0];
  }

  async function createLabel(name: string): Promise<string> {
    const { teamId } = await setting();
    const known = async () => {
      const issueLabel = await findLabel(name);
      return issueLabel === undefined ? undefined : { issueLabelCreate: { success: true as const, issueLabel } };
    };
    const { issueLabelCreate } = await client
      .ask({
        what: `make the label ${name}`,
        document: documents.createLabel,
        variables: { input: { name, teamId } },
        shape: shapes.createLabel,
        recover: known,
      })
      .catch(async (error: unknown) => {
        // Another process was faster.
        const found = error instanceof Failure && error.code === "CF702" ? await known() : undefined;
        if (found === undefined) throw error;
        return found;
      });
    return issueLabelCreate.issueLabel.id;
  }

  async function findPerson(name: string): Promise<User | undefined> {
    const filter = { or: [{ displayName: { eqIgnoreCase: name } }, { email: { eqIgnoreCase: name } }] };
    const found = await client.list({
      what: `look for ${name}`,
      document: documents.users,
      variables: { filter },
      node: shapes.user,
    });
    return found[0];
  }

  async function firstKnown(people: readonly string[]): Promise<User | undefined> {
    for (const name of people) {
      const person = await findPerson(name);
      if (person !== undefined) return person;
    }
    return undefined;
  }

  return { setting, openState, labelIds, findPerson, firstKnown };
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
