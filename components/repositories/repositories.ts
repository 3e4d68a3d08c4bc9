import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../childName";
import { stableJson } from "../json";
import { lifecyclePolicy, type KeptReleases } from "./plan";

export interface RepositoriesArgs {
    /** Name of the repository on AWS per own image. @example { web: "shop/web" } */
    readonly repositories: Readonly<Record<string, string>>;
    readonly kept: KeptReleases;
    /** Whether removing a repository removes its images too; otherwise AWS refuses while there are any. */
    readonly forceDelete: boolean;
}

/** One ECR repository per own image. */
export class Repositories extends pulumi.ComponentResource {
    /** Repository URL per own image. */
    readonly urls: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: RepositoriesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("understudy:repositories:Repositories", name, {}, opts);

        const policy = stableJson(lifecyclePolicy(args.kept));
        const repositories = Object.entries(args.repositories).map(([image, repositoryName]) => {
            const repository = createRepository(this, name, image, repositoryName, args.forceDelete);
            createLifecyclePolicy(this, name, image, repository, policy);
            return [image, repository] as const;
        });

        this.urls = Object.fromEntries(repositories.map(([image, { repositoryUrl }]) => [image, repositoryUrl]));
        this.registerOutputs({ urls: this.urls });
    }
}

function createRepository(parent: Repositories, name: string, image: string, repositoryName: string, forceDelete: boolean): aws.ecr.Repository {
    return new aws.ecr.Repository(
        childName(name, image),
        {
            name: repositoryName,
            imageTagMutability: "MUTABLE", // a branch's tag moves with every push; what runs is always named by its digest
            imageScanningConfiguration: { scanOnPush: true },
            forceDelete,
        },
        { parent },
    );
}

function createLifecyclePolicy(parent: Repositories, name: string, image: string, repository: aws.ecr.Repository, policy: string): aws.ecr.LifecyclePolicy {
    return new aws.ecr.LifecyclePolicy(childName(name, image), { repository: repository.name, policy }, { parent });
}
