const patienceInMs = 2_000;

/** What api answers, or why it did not: the page is worth showing either way. */
export async function askApi(url) {
    try {
        const response = await fetch(new URL("/greeting", url), { signal: AbortSignal.timeout(patienceInMs) });
        if (!response.ok) return { answered: false, reason: `status ${response.status}` };
        return { answered: true, ...(await response.json()) };
    } catch (error) {
        return { answered: false, reason: error.cause?.code ?? error.name };
    }
}
