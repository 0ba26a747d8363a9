export const config = { apiKey: "AIzaSyD7k2mQ9vR4tW6xZ8bN1cL3pH5jF0gS2aE", authDomain: "shop.firebaseapp.com" };
