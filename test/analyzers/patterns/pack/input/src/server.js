const { exec } = require("child_process");
const https = require("https");

app.get("/ping", (req, res) => {
  exec(`ping -c 1 ${req.query.host}`, (error, out) => res.send(out));
});

app.get("/user", async (req, res) => {
  const rows = await db.query(`SELECT * FROM users WHERE name = '${req.query.name}'`);
  res.redirect(req.query.next);
});

// A comment that says eval(req.body.code) is not code, nor is a string:
const text = "eval(req.body.code)";
const agent = new https.Agent({ rejectUnauthorized: false });
const numbers = "1,2,3".split(",").map(parseInt);
