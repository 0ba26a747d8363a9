export const ruined = "must never run"; process.exit(7);
