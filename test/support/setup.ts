// Mocha stays green on a rejection that nobody awaits: make it fail the run instead.
process.on("unhandledRejection", (reason) => {
    throw reason;
});
