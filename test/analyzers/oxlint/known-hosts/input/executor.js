export const careful = () =>
  new Promise(async (resolve, reject) => {
    try {
      resolve(await read());
    } catch (error) {
      reject(error);
    }
  });

export const careless = () =>
  new Promise(async (resolve) => {
    const text = await read();
    resolve(text);
  });
