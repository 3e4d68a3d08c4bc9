/** A program that starts others without the variables it was given, and what to do about it. */
export interface ClearedEnvironment {
    /** As it was written, without options that could be secret. @example "su -" */
    readonly program: string;
    readonly remedy: string;
}

interface Wrapper {
    /** Says whether it clears the variables when it is called like this. */
    readonly clears: (options: readonly string[]) => boolean;
    /** What is said of the call. */
    readonly shown?: string;
    readonly remedy: string;
}

const always = (): boolean => true;
const login = (options: readonly string[]): boolean => options.some((option) => option === "-" || /^-[a-z]*l$|^--login$/.test(option));
const keepsWithE = "write sudo -E, or name the variables with --preserve-env=…";
const withoutLogin = (name: string): string => `leave out the login option, or say user in the Compose file instead of ${name}`;
const handOn = "before it starts, write the variables that begin with AWS_ to /etc/environment, as docs/compose.md shows";
const direct = "start the program itself, in the foreground";

/** By the name of the program. */
const wrappers: Readonly<Record<string, Wrapper>> = {
    env: {
        clears: (options) => options.some((option) => option === "-" || option === "--ignore-environment" || /^-[a-z0]*i/.test(option)),
        shown: "env -i",
        remedy: "leave out -i, or name the variables that begin with AWS_ again",
    },
    sudo: {
        clears: (options) => !options.some((option) => /^-[A-Za-z]*E|^--preserve-env/.test(option)),
        remedy: keepsWithE,
    },
    su: { clears: login, shown: "su -", remedy: withoutLogin("su") },
    runuser: { clears: login, shown: "runuser -", remedy: withoutLogin("runuser") },
    login: { clears: (options) => !options.includes("-p"), remedy: "write login -p, or start the shell itself" },
    cron: { clears: always, remedy: handOn },
    crond: { clears: always, remedy: handOn },
    service: { clears: always, remedy: direct },
    systemctl: { clears: always, remedy: direct },
    "rc-service": { clears: always, remedy: direct },
    supervisord: {
        clears: always,
        remedy: "see that no program of its configuration is started through one that clears it, and none has an environment of its own without them",
    },
};

/** Programs that start what follows them, with all variables. */
const transparent = new Set(["exec", "nohup", "time", "nice", "tini", "dumb-init", "busybox", "command", "then", "do", "else", "!"]);

/**
 * The programs in a command that clear the environment of what they start. On ECS such a program has no AWS credentials: their address is
 * in a variable. Words that hold a script for a shell are looked into.
 */
export function clearedEnvironments(words: readonly string[]): readonly ClearedEnvironment[] {
    const commands = [words, ...words.filter((word) => /\s/.test(word)).flatMap(commandsOf)];
    const found = commands.flatMap((command) => wrapperOf(command) ?? []);
    return [...new Map(found.map((each) => [each.program, each])).values()];
}

/** The commands of a script, roughly: what is quoted in them stays one word or becomes several, which makes no difference here. */
function commandsOf(script: string): readonly (readonly string[])[] {
    return script.split(/[;&|\n(){}`]+/).map((command) => command.split(/[\s'"]+/).filter((word) => word !== ""));
}

function wrapperOf(command: readonly string[]): ClearedEnvironment | undefined {
    for (const [index, word] of command.entries()) {
        const name = word.slice(word.lastIndexOf("/") + 1);
        const wrapper = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
        if (wrapper?.clears(optionsAfter(command, index)) === true) return { program: wrapper.shown ?? name, remedy: wrapper.remedy };
        const passesOn = wrapper !== undefined || transparent.has(name) || word.startsWith("-") || /^\w+=/.test(word);
        if (!passesOn) return undefined;
    }
    return undefined;
}

/** The options that belong to the word at an index: all up to the next one that is none. */
function optionsAfter(command: readonly string[], index: number): readonly string[] {
    const rest = command.slice(index + 1);
    const end = rest.findIndex((word) => !word.startsWith("-"));
    return end === -1 ? rest : rest.slice(0, end);
}
