export default [
  {
    files: ["**/*.js"],
    rules: {
      eqeqeq: "error",
      "prefer-const": "warn",
      "no-unused-vars": "error",
      "no-useless-escape": "warn",
    },
  },
];
