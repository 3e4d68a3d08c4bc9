/** What api has to say. */
export const greeting = "Hello from api";
