export function Card({ project, list, name }) {
  const id = typeof project?.team === "object" && project?.team !== null && "id" in project?.team ? project.team.id : project?.team;
  const off = !name === true;
  return [id, off, name && name, ...(list || [])?.map(String)];
}
