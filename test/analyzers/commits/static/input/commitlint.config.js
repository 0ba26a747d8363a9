// shared rules
module.exports = { extends: ["@commitlint/config-conventional"] };
