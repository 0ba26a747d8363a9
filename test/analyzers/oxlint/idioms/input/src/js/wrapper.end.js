return api;
}));
