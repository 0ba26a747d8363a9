const a = {{ value }};
