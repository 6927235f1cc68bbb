// Runs azurite until standard input ends, so that it never outlives the tests.
process.stdin.on("end", () => process.exit()).resume();
require("azurite/dist/src/blob/main.js");
