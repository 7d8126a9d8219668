/** How long one try of a call may take, in milliseconds: three of them fit into the ten seconds of the init phase. */
export const TRY_MS = 2_500;
