import { createHmac, timingSafeEqual } from "node:crypto";

const cookieName = "visits";

/** How often this browser was here, counted in a cookie that only the holder of the secret can write; null without a secret. */
export function countVisit(cookieHeader, secret) {
    if (!secret) return null;
    const visits = readVisits(cookieHeader, secret) + 1;
    return { visits, cookie: `${cookieName}=${visits}.${sign(String(visits), secret)}; Path=/; HttpOnly; SameSite=Lax` };
}

function readVisits(cookieHeader = "", secret) {
    const value = cookieHeader
        .split("; ")
        .find((cookie) => cookie.startsWith(`${cookieName}=`))
        ?.slice(cookieName.length + 1);
    const [count, signature] = value?.split(".") ?? [];
    if (!/^\d{1,9}$/.test(count ?? "") || !signature) return 0;
    const [given, expected] = [signature, sign(count, secret)].map((text) => Buffer.from(text));
    return given.length === expected.length && timingSafeEqual(given, expected) ? Number(count) : 0;
}

function sign(text, secret) {
    return createHmac("sha256", secret).update(text).digest("base64url");
}
