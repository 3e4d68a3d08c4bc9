import { isProps, type Props } from "./values";

type Tags = Readonly<Record<string, string>>;

/** Tags as most services write them. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as ECS writes them. */
export function lowerTagList(tags: Tags): { key: string; value: string }[] {
    return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Tags in either spelling by key, without those that AWS sets itself. */
export function tagMap(tags: readonly { Key?: string; Value?: string; key?: string; value?: string }[] | undefined): Tags {
    const entries = (tags ?? []).map(({ Key, Value, key, value }) => [Key ?? key ?? "", Value ?? value ?? ""] as const);
    return Object.fromEntries(entries.filter(([key]) => !key.startsWith("aws:")));
}

/** What to do to get from the tags there are to those there should be. */
export interface TagChanges {
    readonly put: Tags;
    readonly removed: readonly string[];
}

/** Compares `tagsAll` of a resource with that of its new inputs; undefined when nothing is to be done. */
export function tagChanges({
    current,
    news,
    changed,
}: {
    current: Props;
    news: { tagsAll: Tags };
    changed: ReadonlySet<string>;
}): TagChanges | undefined {
    if (!changed.has("tagsAll")) return undefined;
    const old = isProps(current["tagsAll"]) ? current["tagsAll"] : {};
    return {
        put: Object.fromEntries(Object.entries(news.tagsAll).filter(([key, value]) => old[key] !== value)),
        removed: Object.keys(old).filter((key) => news.tagsAll[key] === undefined),
    };
}
