import fc from "fast-check";

/** Characters that git takes anywhere in a branch name: scripts, look-alikes of ASCII letters, emoji of several code points, signs. */
const characters = [
    ...Array.from("abcxyzABCXYZ0189_-+=,;!#$%&'()<>|\"`{}]@"),
    "é",
    "e\u0301",
    "ß",
    "İ",
    "\u212a", // Kelvin sign, whose lower case is an ASCII k
    "а", // Cyrillic
    "ο", // Greek
    "漢",
    "😀",
    "👩‍👩‍👧",
    "🇯🇵",
    "\u00a0",
    "\u200b",
];

const piece = fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 }) },
    { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...characters), minLength: 60, maxLength: 140 }) },
);

/** One part between slashes; dots stand between pieces only, and the last piece is not `lock`. */
const part = fc
    .array(piece, { minLength: 1, maxLength: 3 })
    .map((pieces) => pieces.join(".").replace(/@\{+/g, "@"))
    .filter((text) => !text.endsWith(".lock"));

/** Any name that git takes for a branch. */
export const validBranchName = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/").replace(/^-+/, "x"))
    .filter((name) => name !== "HEAD");

/** Names that are mostly refused: pieces of which git's rules speak, in any order. */
export const questionableBranchName = fc
    .array(
        fc.constantFrom(
            "..",
            ".",
            "@{",
            "@",
            "{",
            ".lock",
            "lock",
            "/",
            "-",
            "~",
            "^",
            ":",
            "?",
            "*",
            "[",
            "]",
            "\\",
            " ",
            "\t",
            "\n",
            "\u0001",
            "\u007f",
            "HEAD",
            "refs/heads/",
            "a",
            "é",
            "😀",
        ),
        { maxLength: 5 },
    )
    .map((pieces) => pieces.join(""));
