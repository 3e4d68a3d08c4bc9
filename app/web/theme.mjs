/** What makes this version of the shop look like itself. */
export const theme = {
    accent: "#c2410c",
    banner: null,
};
