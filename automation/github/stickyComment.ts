import { UnderstudyError } from "../errors";
import { allPages, asking, statusOf, type GitHub } from "./client";

/** What became of the comment. `none`: there was none, and none was wanted. */
export type Stuck = "created" | "updated" | "unchanged" | "none";

export interface StickyComment {
    /** Number of the pull request. */
    readonly pullRequest: number;
    /** First line of the comment: tells it from all others. */
    readonly marker: string;
    /** All of it, beginning with the marker. */
    readonly body: string;
    /** Whether one is made where there is none. */
    readonly create: boolean;
}

interface Comment {
    readonly id: number;
    readonly body?: string | undefined;
    readonly user: { readonly login: string; readonly type: string } | null;
}

const permission = "pull-requests: write";
/** Whoever removes the comment each time that it is to be changed does not want it. */
const rounds = 3;

/**
 * Keeps one comment of a pull request up to date: finds it by its marker among all comments that are this token's own, changes or makes it.
 * Two at once may both make one; each then looks again, writes into the oldest and removes its own younger one. Needs `pull-requests: write`.
 */
export async function stick(github: GitHub, { pullRequest, marker, body, create }: StickyComment): Promise<Stuck> {
    return asking(`comment on pull request ${pullRequest}`, permission, async () => {
        const own = await ownership(github);
        const find = async (): Promise<readonly Comment[]> => (await commentsOf(github, pullRequest)).filter((comment) => own(comment) && hasMarker(comment, marker));
        for (let round = 1; round <= rounds; round += 1) {
            const found = await find();
            if (found.length === 0 && !create) return "none";
            const made = found.length === 0 ? await make(github, pullRequest, body) : undefined;
            // A list may not have yet what was just made.
            const all = made === undefined ? found : [...(await find()).filter(({ id }) => id !== made.id), made];
            const [oldest, ...younger] = [...all].sort((one, other) => one.id - other.id);
            if (oldest === undefined) continue;
            const kept = oldest.body === body || (await change(github, oldest.id, body));
            if (!kept) continue; // removed meanwhile
            for (const { id } of younger) await remove(github, id);
            if (oldest.id === made?.id) return "created";
            return oldest.body === body && younger.length === 0 ? "unchanged" : "updated";
        }
        throw new UnderstudyError("network", `the comment on pull request ${pullRequest} is removed as often as it is made`, "look who removes it");
    });
}

function hasMarker({ body = "" }: Comment, marker: string): boolean {
    return body === marker || body.startsWith(`${marker}\n`) || body.startsWith(`${marker}\r\n`);
}

/** Which comments this token has written: anybody could write a marker into one of theirs. An App's token has no user to ask for. */
async function ownership({ ask, bot }: GitHub): Promise<(comment: Comment) => boolean> {
    if (bot) return ({ user }) => user?.type === "Bot";
    const { data } = await ask("GET /user");
    return ({ user }) => user?.login === data.login;
}

async function commentsOf({ ask, repository }: GitHub, issue: number): Promise<readonly Comment[]> {
    const found = await allPages((page) => ask("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...repository, issue_number: issue, per_page: 100, page }));
    return found.map(comment);
}

async function make({ ask, repository }: GitHub, issue: number, body: string): Promise<Comment> {
    const { data } = await ask("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...repository, issue_number: issue, body });
    return comment(data);
}

function comment({ id, body, user }: Omit<Comment, "id"> & { readonly id: number | bigint }): Comment {
    return { id: Number(id), body, user };
}

/** False when it is not there any more. */
async function change({ ask, repository }: GitHub, id: number, body: string): Promise<boolean> {
    return whileThere(() => ask("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...repository, comment_id: id, body }));
}

async function remove({ ask, repository }: GitHub, id: number): Promise<void> {
    await whileThere(() => ask("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...repository, comment_id: id }));
}

async function whileThere(work: () => Promise<unknown>): Promise<boolean> {
    try {
        await work();
        return true;
    } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
    }
}
