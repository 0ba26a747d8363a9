// TODO(2026-01-31): remove the old path
// TODO [2026-06-14] not over yet everywhere
// FIXME(alice): drop this by 2025-12-31
// TODO(bob 2019-03-01) written then, not due then
/* HACK: until 2026-05-01 because of the bug */
const text = "TODO(2020-01-01)";
// TODO(2027-01-01): later
// TODO: since 2020-01-01 this is slow
const TODO_2020 = 1; // see XXX-like names
