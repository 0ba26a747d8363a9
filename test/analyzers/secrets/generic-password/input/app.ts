const password = "kX9!pQ2z-Lm4";
const passwordLabel = "Enter your password";
const other = { password: "changeme-please", token: process.env.TOKEN };
