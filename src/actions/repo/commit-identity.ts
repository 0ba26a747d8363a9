/** Whose name a commit bears that a step makes: the one that was asked for, else git's own, else ours. */
import { type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";

export interface Identity {
  readonly config: readonly string[];
  /** Said apart: variables such as GIT_AUTHOR_NAME come before the configuration. */
  readonly author: readonly string[];
}

export async function identityOf(repo: Repository, name?: string, email?: string): Promise<Identity> {
  if (name !== undefined || email !== undefined) {
    if (name === undefined || email === undefined)
      throw new StepFailed("give `author-name` and `author-email` together");
    return {
      config: ["-c", `user.name=${name}`, "-c", `user.email=${email}`],
      author: [`--author=${name} <${email}>`],
    };
  }
  try {
    await repo.git(["var", "GIT_COMMITTER_IDENT"]);
    return { config: [], author: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Git knows nobody here, as on a fresh runner. No person can own an address with brackets.
    return {
      config: ["-c", "user.name=codeflow[bot]", "-c", "user.email=codeflow[bot]@users.noreply.github.com"],
      author: [],
    };
  }
}
