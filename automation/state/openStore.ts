import { UnderstudyError } from "../errors";
import { openBucket } from "./bucketStore";
import { openFolder } from "./fileStore";
import type { StateStore } from "./store";

/** Opens a backend by its URL. `env` has the caller's AWS credentials, since a bucket of states is not the environment's own. */
export async function openStore(backend: string, env: Readonly<Record<string, string>>): Promise<StateStore> {
    if (backend.startsWith("file://")) return openFolder(backend, env);
    if (backend.startsWith("s3://")) return openBucket(backend, env);
    throw new UnderstudyError("backend", `the state backend ${backend} is of no known kind`, "a state backend is an s3:// or file:// URL");
}
