debugger;
if (x === NaN) {}
var é = "𝒳"; if (é == null || !!!é) é.toString();
