// Made up, and beside the expression that finds it.
const DETECTORS: &[(&str, &str, &str)] = &[
    (
        "npm token",
        "npm_[A-Za-z0-9]{36}",
        "npm_k7QwXz2LmN8pRtVb3HcYdF6gJsA1eU9oW4iT",
    ),
];
