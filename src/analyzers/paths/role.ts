/** What a file is for, as far as its path says. */

const testOrDocumentFolder =
  /(?:^|\/)(?:[^/]*[-_.])?(?:tests?|t|suites?|unit|integration|(?!(?:la|con|pro|at|fas|grea)tests?\/)[a-z]{3,}tests?|__tests__|specs?|testdata|testing|testutils?|fixtures?|__fixtures__|mocks?|__mocks__|__snapshots__|snapshots|stubs?|fakes?|e2e|cypress|conformance|benchmarks?|examples?|samples?|demos?|tutorials?|playgrounds?|docs?|documentation|doc_src|docs_src|stories|cassettes|vcr_cassettes)(?:[-_][^/]*)?\//i;
const testOrDocumentFile =
  /(?:^|\/)(?:test_[^/]*|tests?\.[^/]+|conftest\.py|[^/]*[._-](?:tests?|specs?|stories|mock|fixture|example|sample|template|tmpl|dist)(?:\.[^/]*)?|[^/]*(?:Tests?|Spec|TestCase|IT)\.(?:java|kt|kts|cs|swift|php|scala|groovy)|[^/]*\.(?:md|mdx|markdown|rst|adoc|asciidoc|snap|ipynb|example|sample|template|dist|tmpl|j2|pot?|1|3|7|8)|(?:README|CHANGELOG|CHANGES|HISTORY|NEWS)[^/]*)$/;

/** Whether the path says that the file shows or exercises things rather than runs them. */
export function isTestOrDocument(path: string): boolean {
  return testOrDocumentFolder.test(path) || testOrDocumentFile.test(path);
}

const fixture =
  /(?:^|\/)(?:[^/]*[-_])?(?:testdata|test-data|fixtures?|__fixtures__|invalid|broken|malformed|bad|corrupt|snapshots?|__snapshots__|cassettes|corpus|corpora|fuzz|seeds?|golden|samples?|testcases|test-cases|playgrounds?|specs?|tests?|__tests__)(?:[-_][^/]*)?\//i;

/** Whether the file is likely an input of tests: such files are often broken, odd or mixed on purpose. */
export function isTestInput(path: string): boolean {
  return fixture.test(path);
}

const translation =
  /(?:^|\/)(?:i18n|l10n|locales?|lang|langs|languages?|translations?|messages|intl|nls|[^/]*\.lproj|values-[a-z]{2}[^/]*)\/|\.(?:po|pot|mo|xlf|xliff|arb|resx|strings|ftl)$/i;

/** Whether the file holds texts in other languages. */
export function isTranslation(path: string): boolean {
  return translation.test(path);
}
