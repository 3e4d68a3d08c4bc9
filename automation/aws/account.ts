import { UnderstudyError } from "../errors";
import type { Clients } from "./clients";
import { calling } from "./errors";

/** Fails with kind `credentials` when the credentials do not lead to the account of the settings. */
export async function checkAccount(aws: Clients, { account: wanted, role }: { readonly account: string; readonly role?: string | undefined }): Promise<void> {
    if (role?.split(":")[4] === wanted) return; // whoever has assumed it is in its account
    await checkIdentity(aws, wanted);
}

/** The same, but asks AWS in any case. */
export async function checkIdentity(aws: Clients, wanted: string): Promise<void> {
    const { Account } = await calling("find out which AWS account this is", async () => (await aws.sts()).getCallerIdentity({}));
    if (Account === wanted) return;
    throw new UnderstudyError(
        "credentials",
        `the AWS credentials are of account ${Account ?? "unknown"}, but the settings say ${wanted}`,
        "log in to the account of the settings, or correct `understudy:account` or `understudy:role`",
    );
}
