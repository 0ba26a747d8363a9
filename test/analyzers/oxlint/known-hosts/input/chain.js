export function params(auth) {
  if (auth?.oauth2?.params) {
    const { token } = auth?.oauth2?.params;
    return token;
  }
  const { other } = auth?.basic;
  return other;
}
