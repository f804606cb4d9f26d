/** What is said of settings that this server can do nothing with. */
export const NOT_AVAILABLE = 'Not available on this server yet';
