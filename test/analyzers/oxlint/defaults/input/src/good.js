const { secret, ...rest } = await import("./other.js");

export function handler(request, response, next) {
  if (Number.isNaN(request.value)) return rest;
  try {
    return request.use;
  } catch (error) {
    return undefined;
  }
}
