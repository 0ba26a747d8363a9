/** Files that are not meant to parse: templates and inputs of tests. */
import { isTestInput } from "../paths/role.ts";

/** Broken on purpose, by the file's or a folder's name. */
const onPurpose =
  /(?:^|[/._-])(?:invalid|malformed|broken|corrupt(?:ed)?|bad|errors?|unparsable|unparseable|wrong|fail(?:s|ing|ed|ure)?|cookiecutter|templates?|scaffolds?|skeletons?|boilerplate|blueprints?|generators?)(?=[/._-])/i;

export function isMeantToBreak(path: string): boolean {
  return isTestInput(path) || onPurpose.test(path) || path.includes("{{");
}

/** Jinja, Helm and Go templates, ERB and EJS, Mustache, Ansible; GitHub's `${{ }}` is valid where it stands. */
export function isTemplate(text: string): boolean {
  return /(?<!\$)\{\{|\{%|<%|\[\[ |@@\w+@@|^[ \t]*#(?:if|else|end)\b/m.test(text);
}
