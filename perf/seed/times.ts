/** When generated things happened: before these dates, so that rows do not depend on when the seeder runs. */

export const OLDEST_S = Date.UTC(2015, 0, 1) / 1000;
export const NEWEST_S = Date.UTC(2025, 0, 1) / 1000;
