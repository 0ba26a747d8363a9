# The documentation's own key, placeholders, templates, machines nobody can reach.
AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
NOT_BASE_32 = "AKIA0189ABCDEFGH1234"
GITHUB_TOKEN = "ghp_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"
DATABASE_URL = "postgres://postgres:postgres@localhost:5432/app"
COMPOSE_URL = "postgres://app:kP93-xxQ2z@db:5432/app"
TEMPLATE = "postgres://app:${PASSWORD}@db.northwind.io/app"
DOCUMENTED = "https://user:password@example.com/"
MIRROR = "https://deploy:<your-password>@artifacts.northwind.io/pypi"
KEY = """-----BEGIN RSA PRIVATE KEY-----
...
-----END RSA PRIVATE KEY-----"""
ACCEPTED = "AKIAQ3EGRIVQ7HJ2LMTX"  # gitleaks:allow
# secretlint-disable-next-line
ALSO_ACCEPTED = "AKIAQ3EGRIVQ7HJ2LMTX"
WITH_SCANNER = "AKIAQ3EGRIVQ7HJ2LMTX"  # pragma: allowlist secret
