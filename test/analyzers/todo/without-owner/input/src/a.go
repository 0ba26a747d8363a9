// TODO: nobody
// TODO(alice): somebody
// TODO @bob somebody
// FIXME(#12): an issue
// XXX see https://example.org/issues/1
// HACK PROJ-12
func f() {} // TODO
