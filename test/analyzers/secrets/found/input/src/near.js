const word = /[a-z]+/;
const token = "npm_k7QwXz2LmN8pRtVb3HcYdF6gJsA1eU9oW4iT";
