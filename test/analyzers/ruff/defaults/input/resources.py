from api import api


@api.route("/a")
class Token:
    pass


@api.route("/b")
@api.doc("x")
class Token:
    pass
